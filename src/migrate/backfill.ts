/** A backfill in chunks: one instrument and a range of buckets each, so that memory and a repeated chunk stay small. */
import { chunkMark, versionMark } from "../compile/catalog.js";
import type { Engine, Reader } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import type { Step } from "../plan/step.js";
import type { TableName } from "../schema/object.js";
import { quoteName } from "../schema/quote.js";
import { sqlTemplate } from "../sql-template.js";

const chunksSql = sqlTemplate(import.meta.url, "chunks");

export interface ChunkLimits {
  readonly trades: number;
  /** A quiet instrument's buckets hold few trades, yet as many book updates as others'. */
  readonly buckets: number;
}

export const defaultChunkLimits: ChunkLimits = { trades: 500_000, buckets: 2_000 };

/** Buckets `[first, last]` of one instrument. Ids are decimal texts: they have 64 bits. */
export interface Chunk {
  readonly exchange: string;
  readonly market_type: string;
  readonly symbol: string;
  readonly first: string;
  readonly last: string;
  readonly buckets: number;
  readonly trades: number;
}

interface ChunkRow extends Omit<Chunk, "first" | "last" | "buckets" | "trades"> {
  readonly first_bucket: string;
  readonly last_bucket: string;
  readonly buckets: string;
  readonly trades: string;
}

/** The chunks of all buckets that are stored now, by instrument and in the order of their ids. */
export async function planChunks(reader: Reader, buckets: TableName, limits: ChunkLimits): Promise<Chunk[]> {
  const rows = await reader.rows<ChunkRow>(chunksSql({ buckets: quoteName(buckets) }), {
    params: { trades_limit: limits.trades, buckets_limit: limits.buckets },
  });
  return rows.map(({ exchange, market_type, symbol, first_bucket, last_bucket, buckets, trades }) => ({
    exchange,
    market_type,
    symbol,
    first: first_bucket,
    last: last_bucket,
    buckets: Number(buckets),
    trades: Number(trades),
  }));
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

/**
 * The statement of a chunk. Its rows get the number above the version of the bucket's row. The cutter's state took that one, so
 * no row of a view has it; what a close has computed is later and stays (docs/adr/0013-attempts-as-versions.md).
 */
export function chunkStatement(step: Step): string {
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
  return marks.join(chunkCondition).replace(versionMark, "(v + 1)");
}

const chunkCondition =
  "WHERE exchange = {exchange:String} AND market_type = {market_type:String} AND symbol = {symbol:String} " +
  "AND bucket_id BETWEEN {first:UInt64} AND {last:UInt64}";

export function chunkParams(chunk: Chunk): Record<string, string> {
  const { exchange, market_type, symbol, first, last } = chunk;
  return { exchange, market_type, symbol, first, last };
}

export async function runChunk(engine: Engine, step: Step, chunk: Chunk): Promise<void> {
  await engine.execute(chunkStatement(step), { params: chunkParams(chunk) });
}
