import { FeatureError, Findings } from "../errors.js";
import { type InstrumentKey, sourceNames } from "../spec/model.js";
import type { StagedFile } from "./read-files.js";
import type { IngestRequest } from "./request.js";
import type { RowKind } from "./staging/reading.js";
import { countFiles, type StagedCount } from "./store/count-files.js";
import { logFiles } from "./store/file-log.js";
import { reopenDirty } from "./store/mark-dirty.js";
import { commonReasons, storeRejects } from "./store/rejects.js";
import { type KindSource, rowKindsOf } from "./store/row-kinds.js";
import type { StoreContext } from "./store/store-context.js";
import { type StoredCount, storeSource } from "./store/store-source.js";
import { addCounts, type FileSummary } from "./summary.js";

export interface StoredFiles {
  readonly files: readonly FileSummary[];
  readonly instruments: readonly InstrumentKey[];
}

/** Trades last: the buckets that they close then find the books of the same command. */
const storeOrder = [...sourceNames.filter((source) => source !== "trades"), "trades"] as const;

/**
 * Stores what was staged: first the rejected rows, then, if nothing speaks against it, the others. The log says that the files are
 * stored when `release` is done: where rows are held, it lets them go.
 *
 * @throws FeatureError or Findings: FS_INGEST_EMPTY, FS_INGEST_ALL_REJECTED, FS_INGEST_REJECTS, FS_INGEST_MIXED_KINDS
 */
export async function storeFiles(
  request: IngestRequest,
  context: StoreContext,
  files: readonly StagedFile[],
  startedAt: number,
  release: () => Promise<void> = async () => undefined,
): Promise<StoredFiles> {
  const sources = storeOrder.filter((source) => context.area.sources.includes(source));
  const counts: StagedCount[] = [];
  for (const source of sources) {
    const counted = await countFiles(context, source);
    if (counted.some(({ rejected }) => rejected > 0)) {
      await storeRejects(
        context,
        source,
        files.map(({ name }) => name),
      );
    }
    counts.push(...counted);
  }
  await refuse(request, context, files, counts);
  const kinds = {
    trades: await rowKindsOf(context, "trades", kindsOf("trades", files, counts)),
    orderbooks: await rowKindsOf(context, "orderbooks", kindsOf("orderbooks", files, counts)),
  };
  const begun = files.map((file, index) => ({ ...summaryOf(file, index + 1, counts, []), duplicate: 0 }));
  await logFiles(
    context,
    begun.map((summary, index) => entryOf(files[index], summary)),
    startedAt,
    undefined,
  );

  const present = new Set(
    counts.filter(({ rows, rejected }) => rows > rejected).map(({ instrument }) => instrument),
  );
  const instruments = context.instruments.instruments.filter((_, index) => present.has(index + 1));
  const total = counts.reduce((sum, { rows, rejected }) => sum + rows - rejected, 0);
  let done = 0;
  const stored: StoredCount[] = [];
  for (const source of sources) {
    const rows = await storeSource(
      context,
      source,
      source === "trades" || source === "orderbooks" ? kinds[source] : [],
      (slice) => {
        done += slice;
        request.onProgress?.({ phase: "store", done, total });
      },
      // What of the trades is stored already is cut while the rest is being stored.
      source === "trades" ? async () => request.onTrades?.(instruments) : undefined,
    );
    stored.push(...rows);
  }
  await release();
  await reopenDirty(context);
  const summaries = files.map((file, index) => summaryOf(file, index + 1, counts, stored));
  const finished = summaries.map((summary, index) => entryOf(files[index], summary));
  await logFiles(context, finished, startedAt, request.now());
  return { files: summaries, instruments };
}

async function refuse(
  request: IngestRequest,
  context: StoreContext,
  files: readonly StagedFile[],
  counts: readonly StagedCount[],
): Promise<void> {
  const problems: FeatureError[] = [];
  for (const [index, { name }] of files.entries()) {
    const own = counts.filter(({ file }) => file === index + 1);
    const rows = own.reduce((sum, count) => sum + count.rows, 0);
    const rejected = own.reduce((sum, count) => sum + count.rejected, 0);
    if (rows === 0)
      problems.push(new FeatureError("FS_INGEST_EMPTY", `${name} has no rows`, { object: name }));
    else if (rows === rejected) {
      const reasons = await commonReasons(context, own[0]?.source ?? "trades", index + 1);
      const message = `none of the ${rows} rows of ${name} can be read: ${reasons}`;
      problems.push(
        new FeatureError("FS_INGEST_ALL_REJECTED", message, { object: name, at: { file: name } }),
      );
    }
  }
  const rejects = counts.reduce((sum, { rejected }) => sum + rejected, 0);
  if (problems.length === 0 && request.maxRejects !== undefined && rejects > request.maxRejects) {
    const message = `${rejects} rows cannot be read, and --max-rejects allows ${request.maxRejects}; nothing was stored`;
    problems.push(new FeatureError("FS_INGEST_REJECTS", message));
  }
  if (problems.length > 1) throw new Findings(problems);
  if (problems[0] !== undefined) throw problems[0];
}

function kindsOf(
  of: KindSource,
  files: readonly StagedFile[],
  counts: readonly StagedCount[],
): Map<number, Set<RowKind>> {
  const kinds = new Map<number, Set<RowKind>>();
  for (const { source, file, instrument, rows, rejected } of counts) {
    const kind = files[file - 1]?.rowKind;
    if (source !== of || rows === rejected || kind === undefined) continue;
    kinds.set(instrument, new Set([...(kinds.get(instrument) ?? []), kind]));
  }
  return kinds;
}

function summaryOf(
  file: StagedFile,
  number: number,
  staged: readonly StagedCount[],
  stored: readonly StoredCount[],
): FileSummary {
  const counts = [
    ...staged
      .filter((count) => count.file === number)
      .map(({ rows, rejected }) => ({
        read: rows,
        stored: 0,
        duplicate: rows - rejected,
        rejected,
        late: 0,
      })),
    ...stored
      .filter((count) => count.file === number)
      .map(({ stored: rows, late }) => ({ read: 0, stored: rows, duplicate: -rows, rejected: 0, late })),
  ];
  const sum = addCounts(counts);
  return {
    file: file.name,
    sources: file.sources,
    ...sum,
    isAlreadyStored: sum.stored === 0 && sum.duplicate > 0,
  };
}

function entryOf(file: StagedFile | undefined, { read, ...counts }: FileSummary) {
  return { ...counts, rows: read, name: counts.file, sha256: file?.sha256 ?? "", size: file?.size ?? 0 };
}
