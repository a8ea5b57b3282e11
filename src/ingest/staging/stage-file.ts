import type { Engine, Settings } from "../../engine/port.js";
import { FeatureError, Findings } from "../../errors.js";
import { quoteName } from "../../schema/quote.js";
import type { Instrument, Project } from "../../spec/model.js";
import { sqlTemplate } from "../../sql-template.js";
import { brokenFile } from "../files/broken-file.js";
import { isDamagedFile } from "../files/damaged-file.js";
import type { Part } from "../files/input-file.js";
import { type InstrumentTable, parseWordsKey } from "./instrument-table.js";
import { knownInstrument } from "./known-instrument.js";
import type { InstrumentWords, Reading } from "./reading.js";
import { stageStatement } from "./stage-statement.js";
import type { StagingArea } from "./staging-area.js";

const unknownWords = sqlTemplate(import.meta.url, "file-words");

export interface StageContext {
  readonly engine: Engine;
  readonly project: Project;
  readonly area: StagingArea;
  readonly instruments: InstrumentTable;
}

/**
 * Parses one file into its source's staging table. A file of several instruments is read a second time, once they are known.
 *
 * @throws FeatureError or Findings: FS_INGEST_BROKEN_FILE, FS_INGEST_UNKNOWN_INSTRUMENT, FS_INGEST_CONTRACT_SIZE and what the
 * format says of the words
 */
export async function stageFile(
  context: StageContext,
  reading: Reading,
  part: Part,
  fileNumber: number,
): Promise<void> {
  const { engine, area } = context;
  const staging = await area.open(reading);
  if (reading.firstWords !== undefined) {
    // A first row that makes no sense is one reject, no reason to refuse the file, unless it speaks for all rows.
    const problems = learn(context, reading, [reading.firstWords]);
    if (isSameForAllRows(reading)) raise(problems);
  }
  await load(context, reading, part, fileNumber);
  const rows = await engine.rows<{ words: string }>(unknownWords({ staging: quoteName(staging) }), {
    params: { file_number: fileNumber },
  });
  if (rows.length === 0) return;
  raise(
    learn(
      context,
      reading,
      rows.map(({ words }) => parseWordsKey(words)),
    ),
  );
  await area.clear(reading.source, fileNumber);
  await load(context, reading, part, fileNumber);
}

async function load(context: StageContext, reading: Reading, part: Part, fileNumber: number): Promise<void> {
  const { engine, project, area, instruments } = context;
  const { delayMs } = project.sources[reading.source];
  const { sql, params, file } = stageStatement(
    area.table(reading.source),
    fileNumber,
    reading,
    instruments,
    delayMs,
  );
  try {
    await engine.load(sql, { path: part.path, ...file }, { params, settings: stagingSettings(context) });
  } catch (error) {
    if (isDamagedFile(error)) throw brokenFile(part.name, error);
    throw error;
  }
}

function stagingSettings({ engine }: StageContext): Settings {
  const settings: Settings = {
    // Times without a zone of their own are written out as texts in the session's.
    session_timezone: "UTC",
    // A row of a book becomes a hundred texts on the way: with the usual blocks that is a gigabyte.
    max_block_size: 16_384,
  };
  // The line number of an embedded engine does not depend on the order of blocks, so they may be written side by side.
  return engine.kind === "embedded" ? { ...settings, max_insert_threads: 2 } : settings;
}

function isSameForAllRows(reading: Reading): boolean {
  return Object.values(reading.words).every((cell) => cell.kind !== "field");
}

function learn(context: StageContext, reading: Reading, all: readonly InstrumentWords[]): FeatureError[] {
  const problems: FeatureError[] = [];
  for (const words of all) {
    if (context.instruments.has(words)) continue;
    const known = instrumentFor(context.project, reading, words);
    if (known instanceof FeatureError) problems.push(known);
    else context.instruments.add(words, known);
  }
  return problems;
}

function raise(problems: readonly FeatureError[]): void {
  if (problems.length > 1) throw new Findings(problems);
  if (problems[0] !== undefined) throw problems[0];
}

function instrumentFor(
  project: Project,
  reading: Reading,
  words: InstrumentWords,
): Instrument | FeatureError {
  const key = reading.instrumentOf(words);
  return key instanceof FeatureError ? key : knownInstrument(project, key, reading.quantities);
}
