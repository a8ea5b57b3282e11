/** Buckets that were stored but are not complete at all levels yet. */
import type { Path } from "../../compile/catalog.js";
import { quoteName } from "../../schema/quote.js";
import type { BucketRange, PendingBucket } from "./batches.js";
import { type ClockContext, featuresTable, type InstrumentRow, instrumentOf } from "./clock-context.js";

interface PendingRow extends InstrumentRow {
  readonly id: string;
  readonly start: string;
  readonly end: string;
  readonly prev_end: string;
  readonly known: string;
  readonly trades: number;
}

const columns = `
  exchange, market_type, symbol,
  toString(bucket_id) AS id,
  toString(toUnixTimestamp64Milli(bucket_ts_start)) AS start,
  toString(toUnixTimestamp64Milli(bucket_ts_end)) AS end,
  toString(toUnixTimestamp64Milli(prev_ts_end)) AS prev_end,
  toString(toUnixTimestamp64Milli(available_at)) AS known,
  trades`;

/** Every instrument's buckets behind its last close on a path, in order of id. The lazy path never overtakes the hot one. */
export async function pendingBuckets(context: ClockContext, path: Path): Promise<PendingBucket[]> {
  const rows = await context.engine.rows<PendingRow>(
    `SELECT ${columns}
     FROM (SELECT * FROM ${quoteName(context.compiled.buckets)} FINAL) AS b
     LEFT JOIN (
       SELECT
         exchange, market_type, symbol,
         maxIf(bucket_id, path = {path:String}) AS closed,
         maxIf(bucket_id, path = 'hot') AS closed_hot
       FROM ${featuresTable(context, "closes")}
       WHERE clock = {clock:String}
       GROUP BY exchange, market_type, symbol
     ) AS c USING (exchange, market_type, symbol)
     WHERE bucket_id > closed AND ({path:String} = 'hot' OR bucket_id <= closed_hot)
     ORDER BY exchange, market_type, symbol, bucket_id`,
    { params: { clock: context.clock.name, path }, settings: { join_use_nulls: 0 } },
  );
  return rows.map(pendingOf);
}

/** The buckets of some ranges, as they are stored. */
export async function bucketsOf(
  context: ClockContext,
  ranges: readonly BucketRange[],
): Promise<PendingBucket[]> {
  const result: PendingBucket[] = [];
  for (const range of ranges) {
    const { exchange, marketType, symbol } = range.instrument;
    const rows = await context.engine.rows<PendingRow>(
      `SELECT ${columns}
       FROM ${quoteName(context.compiled.buckets)} FINAL
       WHERE exchange = {exchange:String} AND market_type = {market_type:String} AND symbol = {symbol:String}
         AND bucket_id BETWEEN {from:UInt64} AND {to:UInt64}
       ORDER BY bucket_id`,
      { params: { exchange, market_type: marketType, symbol, from: range.from, to: range.to } },
    );
    result.push(...rows.map(pendingOf));
  }
  return result;
}

function pendingOf(row: PendingRow): PendingBucket {
  return {
    instrument: instrumentOf(row),
    id: Number(row.id),
    start: Number(row.start),
    end: Number(row.end),
    prevEnd: Number(row.prev_end),
    availableAt: Number(row.known),
    trades: row.trades,
  };
}
