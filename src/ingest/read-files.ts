import { FeatureError, Findings } from "../errors.js";
import type { SourceName } from "../spec/model.js";
import { type ContentHash, contentHash } from "./files/content-hash.js";
import type { InputFile, Part } from "./files/input-file.js";
import { prepareFile, spool } from "./files/prepare-file.js";
import type { TempFolder } from "./files/temp-folder.js";
import type { FormatContext } from "./formats/format.js";
import { formatOf } from "./formats/format-of.js";
import { InstrumentOption } from "./formats/instrument-option.js";
import type { IngestRequest } from "./request.js";
import { parquetColumns } from "./staging/parquet-columns.js";
import type { RowKind } from "./staging/reading.js";
import { stageFile } from "./staging/stage-file.js";
import type { StoreContext } from "./store/store-context.js";

/** A file that was parsed into the staging tables. Its number is its place in the list, from 1. */
export interface StagedFile extends ContentHash {
  readonly name: string;
  readonly sources: readonly SourceName[];
  readonly rowKind: RowKind | undefined;
}

/**
 * Parses all files. The next file is unpacked while the engine parses one.
 *
 * @throws FeatureError or Findings with what is wrong with the files, after all of them were looked at
 */
export async function readFiles(
  request: IngestRequest,
  context: StoreContext,
  inputs: readonly InputFile[],
  folder: TempFolder,
): Promise<StagedFile[]> {
  const format = formatOf(request.format);
  const problems: FeatureError[] = [];
  const staged: StagedFile[] = [];
  const formatContext: FormatContext = {
    project: request.project,
    options: request.options,
    instrumentOption: new InstrumentOption(request.options.instrument),
    parquetColumns: (part) => parquetColumns(request.engine, request.project.databases.raw, context.id, part),
  };
  const prepare = (input: InputFile | undefined): Promise<Prepared> =>
    input === undefined ? Promise.resolve({ parts: [] }) : prepared(request, input, format.wants, folder);
  let next = prepare(inputs[0]);
  for (const [index, input] of inputs.entries()) {
    request.onProgress?.({ phase: "read", done: index, total: inputs.length, note: input.given });
    const { parts, problem } = await next;
    next = prepare(inputs[index + 1]);
    if (problem !== undefined) problems.push(...problem);
    for (const part of parts) {
      try {
        staged.push(
          await stagePart(context, part, staged.length + 1, await format.read(part, formatContext)),
        );
      } catch (error) {
        problems.push(...findingsOf(error));
      } finally {
        await part.release();
      }
    }
  }
  request.onProgress?.({ phase: "read", done: inputs.length, total: inputs.length });
  if (problems.length > 1) throw new Findings(problems);
  if (problems[0] !== undefined) throw problems[0];
  return staged;
}

interface Prepared {
  readonly parts: readonly Part[];
  readonly problem?: readonly FeatureError[];
}

/** Never rejects: it runs while another file is worked on. */
async function prepared(
  request: IngestRequest,
  input: InputFile,
  wants: "text" | "parquet",
  folder: TempFolder,
): Promise<Prepared> {
  try {
    const file = await spool(input, request.stdin ?? process.stdin, folder);
    return { parts: await prepareFile(file, wants, folder) };
  } catch (error) {
    return { parts: [], problem: findingsOf(error) };
  }
}

async function stagePart(
  context: StoreContext,
  part: Part,
  fileNumber: number,
  readings: Awaited<ReturnType<ReturnType<typeof formatOf>["read"]>>,
): Promise<StagedFile> {
  const hash = contentHash(part.file.path);
  // Awaited below; without this a failing load would leave it unheard.
  hash.catch(() => undefined);
  for (const reading of readings) {
    refuseExternal(context, reading.source);
    await stageFile(context, reading, part, fileNumber);
  }
  return {
    name: part.name,
    sources: readings.map(({ source }) => source),
    rowKind: readings[0]?.rowKind,
    ...(await hash),
  };
}

function refuseExternal(context: StoreContext, source: SourceName): void {
  if (!context.project.sources[source].external) return;
  throw new FeatureError(
    "FS_INGEST_EXTERNAL",
    `the table of ${source} is filled by someone else (external: true)`,
    {
      object: source,
    },
  );
}

/** Whatever is no finding about a file is a failure of the command. */
function findingsOf(error: unknown): readonly FeatureError[] {
  if (error instanceof Findings) return error.findings;
  if (error instanceof FeatureError && error.code.startsWith("FS_INGEST_")) return [error];
  throw error;
}
