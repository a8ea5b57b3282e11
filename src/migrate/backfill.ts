/** A backfill in chunks: one instrument and a range of buckets each, so that memory and a repeated chunk stay small. */
import { chunkMark, versionMark } from "../compile/catalog.js";
import { andWhole } from "../compile/whole-buckets.js";
import type { Engine, Reader } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import type { Step } from "../plan/step.js";
import { backfillVersion } from "../schema/attempt.js";
import type { TableName } from "../schema/object.js";
import { quoteName } from "../schema/quote.js";
import { sqlTemplate } from "../sql-template.js";

const chunksSql = sqlTemplate(import.meta.url, "chunks");
const highestSql = sqlTemplate(import.meta.url, "highest-version");
const sampleSql = sqlTemplate(import.meta.url, "sample");

export interface ChunkLimits {
  readonly trades: number;
  /** A quiet instrument's buckets hold few trades, yet as many book updates as others'. */
  readonly buckets: number;
}

export const defaultChunkLimits: ChunkLimits = { trades: 500_000, buckets: 2_000 };

/** Buckets `[first, last]` of one instrument. Ids are decimal texts: they have 64 bits. */
export interface BucketSpan {
  readonly exchange: string;
  readonly market_type: string;
  readonly symbol: string;
  readonly first: string;
  readonly last: string;
}

export interface Chunk extends BucketSpan {
  readonly buckets: number;
  readonly trades: number;
}

interface SpanRow {
  readonly exchange: string;
  readonly market_type: string;
  readonly symbol: string;
  readonly first_bucket: string;
  readonly last_bucket: string;
}

/**
 * The chunks of all buckets that are stored now, by instrument and in the order of their ids; with `behind`, only of those that are
 * not complete on that path, and with `whole`, only of those that it gives.
 */
export async function planChunks(
  reader: Reader,
  buckets: TableName,
  limits: ChunkLimits,
  { behind, whole }: Pick<Step, "behind" | "whole">,
): Promise<Chunk[]> {
  const rows = await reader.rows<SpanRow & { buckets: string; trades: string }>(
    chunksSql({
      buckets: quoteName(buckets),
      closes: quoteName({ database: buckets.database, name: "closes" }),
      only_whole: andWhole(whole),
      // A chunk is a range of ids: what lies between two of them may not be whole.
      island: whole === undefined ? "0" : "bucket_id - count() OVER upto",
    }),
    {
      params: {
        trades_limit: limits.trades,
        buckets_limit: limits.buckets,
        clock: behind?.clock ?? "",
        path: behind?.path ?? "",
      },
    },
  );
  return rows.map((row) => ({ ...spanOf(row), buckets: Number(row.buckets), trades: Number(row.trades) }));
}

/**
 * What is left of chunks when `done` has been computed. The bounds of chunks move as buckets are added, so it is the last
 * bucket done of each instrument that counts.
 */
export function remainingChunks(
  chunks: readonly Chunk[],
  done: readonly Readonly<Record<string, string>>[],
): Chunk[] {
  const key = (item: Readonly<Record<string, unknown>>): string =>
    JSON.stringify([item.exchange, item.market_type, item.symbol]);
  const reached = new Map<string, bigint>();
  for (const chunk of done) {
    const last = BigInt(chunk.last ?? 0);
    if (last > (reached.get(key(chunk)) ?? 0n)) reached.set(key(chunk), last);
  }
  return chunks.flatMap((chunk) => {
    const after = reached.get(key({ ...chunk })) ?? 0n;
    if (BigInt(chunk.last) <= after) return [];
    return [BigInt(chunk.first) > after ? chunk : { ...chunk, first: String(after + 1n) }];
  });
}

/** The statement of a chunk; by default of buckets. Its rows get the bound `v` (docs/adr/0013-attempts-as-versions.md). */
export function chunkStatement(step: Step, condition: string = chunkCondition): string {
  const marks = step.sql.split(chunkMark);
  if (marks.length !== 2) {
    throw new FeatureError(
      "FS_MIGRATION_SYNTAX",
      `a backfill has ${marks.length - 1} marks ${chunkMark}, expected one`,
      {
        object: step.object,
      },
    );
  }
  return marks.join(condition).replace(versionMark, "{v:UInt64}");
}

/** A check of the buckets of a chunk only. */
export function chunkCheck(step: Step): string {
  return step.sql.replaceAll(chunkMark, chunkCondition);
}

const chunkCondition =
  "WHERE exchange = {exchange:String} AND market_type = {market_type:String} AND symbol = {symbol:String} " +
  "AND bucket_id BETWEEN {first:UInt64} AND {last:UInt64}";

export function chunkParams(chunk: BucketSpan): Record<string, string> {
  const { exchange, market_type, symbol, first, last } = chunk;
  return { exchange, market_type, symbol, first, last };
}

/**
 * The `v` for the rows of a chunk, to be taken before anything is read for them: above every attempt that has stored a row of
 * these buckets, below every attempt that begins from now on.
 */
export async function takeVersion(
  reader: Reader,
  tables: { readonly buckets: TableName; readonly target: TableName },
  chunk: Chunk,
): Promise<string> {
  const sql = highestSql({
    buckets: quoteName(tables.buckets),
    target: quoteName(tables.target),
    chunk: chunkCondition,
  });
  const [row] = await reader.rows<{ highest: string }>(sql, { params: chunkParams(chunk) });
  return String(backfillVersion(BigInt(row?.highest ?? 0)));
}

export async function runChunk(engine: Engine, step: Step, chunk: Chunk, version: string): Promise<void> {
  await engine.execute(chunkStatement(step), { params: { ...chunkParams(chunk), v: version } });
}

/** A few short spans of buckets that `target` has, to be computed again: none when it is empty. */
export async function sampleSpans(reader: Reader, target: TableName): Promise<BucketSpan[]> {
  const rows = await reader.rows<SpanRow>(sampleSql({ target: quoteName(target) }), { params: sampleSize });
  return rows.map(spanOf);
}

const sampleSize = { length: 16, ranges: 4 };

function spanOf({ exchange, market_type, symbol, first_bucket, last_bucket }: SpanRow): BucketSpan {
  return { exchange, market_type, symbol, first: first_bucket, last: last_bucket };
}
