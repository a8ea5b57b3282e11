/**
 * The columns that streams give to expressions. One list, shared by the checks of specs and by the compiler: a view's
 * column may not bear one of these names, because the engine would silently use the alias in WHERE and in aggregates.
 */
import type { StreamName } from "./model.js";

/** The keys and bounds of the bucket; the same in streams and in every view's table. */
export const keyColumns = [
  "exchange",
  "market_type",
  "symbol",
  "bucket_id",
  "bucket_ts_start",
  "bucket_ts_end",
  "prev_ts_end",
  "available_at",
  "v",
] as const;

/** On each row of every stream: event time, and the exact order of the rows in the bucket. */
export const rowColumns = ["timestamp", "ord"] as const;

const tradeColumns = [
  "price",
  "quantity",
  "quote",
  "side",
  "price_lots",
  "quantity_lots",
  "price_ticks",
] as const;
const bookColumns = ["bid_px", "bid_qty", "ask_px", "ask_qty", "mid", "carry"] as const;

export const streamColumns = {
  trades: tradeColumns,
  books: bookColumns,
  /** Of a trade the book's columns are NULL or empty, of a snapshot the trade's are NULL. */
  events: ["is_trade", ...tradeColumns, ...bookColumns],
} as const satisfies Record<StreamName, readonly string[]>;

/**
 * Columns that streams and stored tables hold for the compiler's own use: the exact Decimal twins of the trades' numbers,
 * and the time at which a row was written.
 */
export const hiddenColumns = ["price_exact", "quantity_exact", "quote_exact", "created_at"] as const;

/**
 * Stream columns whose name a view's column may bear all the same. Within the view's expressions, the name keeps meaning
 * the stream's column (compile with `prefer_column_name_to_alias`, or under another inner alias); downstream it means the
 * view's. `mid` is the only one: "the mid of the bucket" has no better name than "the mid of a snapshot".
 */
export const shareableColumns: Readonly<Record<StreamName, readonly string[]>> = {
  trades: [],
  books: ["mid"],
  events: ["mid"],
};

/** All names that a column of a view over this stream may not bear. */
export function shadowedColumns(stream: StreamName): readonly string[] {
  const names = [...keyColumns, ...rowColumns, ...streamColumns[stream], ...hiddenColumns];
  return names.filter((name) => !shareableColumns[stream].includes(name));
}
