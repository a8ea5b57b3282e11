/** Backfill of a view with `row:`, by instrument and UTC day. */
import type { Reader } from "../engine/port.js";
import type { TableName } from "../schema/object.js";
import { quoteName } from "../schema/quote.js";
import { sqlTemplate } from "../sql-template.js";

const chunksSql = sqlTemplate(import.meta.url, "row-chunks");

export interface RowChunk {
  readonly params: Readonly<Record<"exchange" | "market_type" | "symbol" | "day", string>>;
  readonly rows: number;
}

/** Over the rows `j` of the source: those of one chunk. */
export const rowChunkCondition =
  "WHERE j.exchange = {exchange:String} AND j.market_type = {market_type:String} AND j.symbol = {symbol:String} " +
  "AND j.timestamp >= toDateTime64({day:Date}, 3, 'UTC') AND j.timestamp < toDateTime64({day:Date} + 1, 3, 'UTC')";

/**
 * The days that are not done yet. A day that was done stays done: the trigger was there before, and computes what came since.
 * @param done parameters of chunks that were done
 */
export async function planRowChunks(
  reader: Reader,
  source: TableName,
  done: readonly Readonly<Record<string, string>>[],
): Promise<RowChunk[]> {
  const keyOf = ({ exchange, market_type, symbol, day }: Readonly<Record<string, string>>): string =>
    JSON.stringify([exchange, market_type, symbol, day]);
  const before = new Set(done.map(keyOf));
  const rows = await reader.rows<RowChunk["params"] & { rows: string }>(
    chunksSql({ source: quoteName(source) }),
  );
  return rows
    .map(({ exchange, market_type, symbol, day, rows: count }) => ({
      params: { exchange, market_type, symbol, day },
      rows: Number(count),
    }))
    .filter(({ params }) => !before.has(keyOf(params)));
}
