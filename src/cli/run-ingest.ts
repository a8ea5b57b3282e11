import { FeatureError } from "../errors.js";
import { type AdvanceResult, advance } from "../ingest/buckets/advance.js";
import { clockSessions } from "../ingest/buckets/clock-sessions.js";
import { type CutTotals, cutInstruments } from "../ingest/buckets/cut-instruments.js";
import type { FormatName, FormatOptions } from "../ingest/formats/format.js";
import { ingest } from "../ingest/ingest.js";
import type { IngestSummary } from "../ingest/summary.js";
import { type InstrumentKey, instrumentName, type MarketType, type SourceName } from "../spec/model.js";
import { suggest } from "../spec/suggest.js";
import { bucketProgress } from "./bucket-progress.js";
import type { Context } from "./context.js";
import { countText, plural } from "./count-text.js";
import { countedResult, isCounted } from "./counted-result.js";
import { ingestProgress } from "./ingest-progress.js";
import type { Outcome } from "./outcome.js";
import { renderTable } from "./render-table.js";
import type { Shell } from "./shell.js";
import {
  breachWarnings,
  failureErrors,
  instrumentArgument,
  notRecomputableWarnings,
  openWriting,
  withoutSizeWarnings,
} from "./writing.js";

export interface IngestFlags {
  readonly instrument?: string;
  readonly market?: MarketType;
  readonly map?: string;
  readonly source?: SourceName;
  readonly maxRejects?: number;
}

export function formatOptions({ specs }: Context, flags: IngestFlags): FormatOptions {
  const map = specs.csvMaps.find(({ name }) => name === flags.map);
  if (flags.map !== undefined && map === undefined) {
    const names = specs.csvMaps.map(({ name }) => name);
    const near = suggest(flags.map, names);
    const hint =
      near === undefined ? `Maps under sources/: ${names.join(", ") || "none"}.` : `Did you mean ${near}?`;
    throw new FeatureError("FS_CLI_USAGE", `The project has no csv map ${flags.map}.`, {
      object: flags.map,
      hint,
    });
  }
  const instrument = flags.instrument === undefined ? undefined : instrumentArgument(flags.instrument);
  return { instrument, map, market: flags.market, source: flags.source };
}

/** Reads files into the raw tables, then cuts and closes the buckets of the instruments in them. */
export async function runIngest(
  context: Context,
  shell: Shell,
  format: FormatName,
  files: readonly string[],
  flags: IngestFlags,
): Promise<Outcome> {
  const options = formatOptions(context, flags);
  const { clocks } = await openWriting(context, `ingest ${format}`);
  const cuts: CutTotals[] = [];
  const sessions = clockSessions(clocks);
  const cutAhead = async (instruments: readonly InstrumentKey[]) => {
    for (const { clock, session } of sessions) {
      const onProgress = bucketProgress(shell.progress);
      const cut = await cutInstruments(clock, session.leases, instruments, onProgress);
      if (isCounted(clock)) cuts.push(cut);
    }
  };
  const advanced: AdvanceResult[] = [];
  const closeBuckets = async (instruments: readonly InstrumentKey[]) => {
    for (const { clock, session } of sessions) {
      const onProgress = bucketProgress(shell.progress);
      advanced.push(countedResult(clock, await advance(clock, { session, instruments, onProgress })));
    }
    return advanced.reduce((sum, { bucketsClosed }) => sum + bucketsClosed, 0);
  };
  const summary = await ingest({
    engine: context.engine,
    project: context.project,
    format,
    files,
    folder: process.cwd(),
    stdin: process.stdin,
    options,
    ...(flags.maxRejects === undefined ? {} : { maxRejects: flags.maxRejects }),
    now: Date.now,
    onProgress: ingestProgress(shell.progress),
    onTrades: cutAhead,
    afterStore: closeBuckets,
  });
  return outcomeOf(context, format, summary, cuts, advanced);
}

function outcomeOf(
  { project }: Context,
  format: FormatName,
  summary: IngestSummary,
  cuts: readonly CutTotals[],
  advanced: readonly AdvanceResult[],
): Outcome {
  const cut = (name: "trades" | "bucketsCut") =>
    [...cuts, ...advanced].reduce((total, result) => total + result[name], 0);
  const { seconds, storeSeconds, instruments, ...counts } = summary;
  const rowsPerSecond = Math.round(summary.read / Math.max(storeSeconds, 0.001));
  const warnings = [
    ...withoutSizeWarnings(advanced.flatMap(({ withoutSize }) => withoutSize)),
    ...notRecomputableWarnings(advanced),
    ...breachWarnings(
      project,
      advanced.flatMap(({ breaches }) => breaches),
    ),
    ...(summary.rejected === 0
      ? []
      : [
          `${plural(summary.rejected, "row")} rejected: see file, line and reason in ${project.databases.raw}.ingest_rejects`,
        ]),
    ...(summary.late === 0
      ? []
      : [
          `${plural(summary.late, "trade")} came late and are in no bucket: \`feature buckets rebuild <instrument>\` takes them in`,
        ]),
  ];
  const result = {
    format,
    ...counts,
    instruments: instruments.map(instrumentName),
    tradesCut: cut("trades"),
    bucketsCut: cut("bucketsCut"),
    bucketsRecomputed: advanced.reduce((total, result) => total + result.bucketsRecomputed, 0),
    bucketsNotRecomputable: advanced.reduce((total, result) => total + result.bucketsNotRecomputable, 0),
    seconds,
    storeSeconds,
    rowsPerSecond,
    warnings,
  };
  return {
    result,
    text: () => describe(result),
    warnings,
    errors: failureErrors(advanced.flatMap(({ failures }) => failures)),
  };
}

function describe(
  result: Omit<IngestSummary, "instruments"> & {
    readonly instruments: readonly string[];
    readonly rowsPerSecond: number;
    readonly bucketsRecomputed: number;
  },
): string {
  const names = ["read", "stored", "duplicate", "rejected", "late"] as const;
  const rows = result.files.map((one) => [
    one.file,
    one.sources.join(", "),
    ...names.map((name) => countText(one[name])),
  ]);
  const total = ["all", "", ...names.map((name) => countText(result[name]))];
  const table = renderTable(["file", "rows of", ...names], rows.length === 1 ? rows : [...rows, total]);
  const again =
    result.bucketsRecomputed === 0 ? "" : `, ${countText(result.bucketsRecomputed)} computed again`;
  return (
    `${table}\n${plural(result.bucketsClosed, "bucket")} closed${again} (${result.instruments.join(", ")}); ` +
    `${result.seconds.toFixed(1)} s, ${countText(result.rowsPerSecond)} rows/s read and stored.\n`
  );
}
