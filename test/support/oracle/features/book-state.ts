import type { StreamBook } from "../naive-streams.js";
import { type BookRow, type BucketRow, bucketKeyOf, type FeatureRow } from "../rows.js";

export interface BookState {
  readonly mid: number | null;
  readonly mid_start: number | null;
  readonly last_valid_mid: number | null;
  readonly mid_age_ms: number | null;
  readonly spread_bps: number | null;
  readonly top_imbalance: number | null;
  readonly weighted_mid: number | null;
}

/** @param books the bucket's stream, in order, the carried snapshot first */
export function naiveBookState(bucket: BucketRow, books: readonly StreamBook[]): FeatureRow<BookState> {
  const last = books.at(-1);
  const valid = books.filter((book) => midOf(book) !== null);
  const lastValid = valid.at(-1);
  const before = valid.filter((book) => book.timestamp < bucket.bucket_ts_start).at(-1);
  return {
    ...bucketKeyOf(bucket),
    mid: midOf(last),
    mid_start: midOf(before),
    last_valid_mid: midOf(lastValid),
    mid_age_ms: lastValid === undefined ? null : bucket.bucket_ts_end - lastValid.timestamp,
    ...shapeOf(last),
  };
}

/** Null if a side is empty, or the book is locked or crossed. */
export function midOf(book: BookRow | undefined): number | null {
  const top = topOf(book);
  return top !== null && 0 < top.bid && top.bid < top.ask ? (top.bid + top.ask) / 2 : null;
}

function shapeOf(
  book: BookRow | undefined,
): Pick<BookState, "spread_bps" | "top_imbalance" | "weighted_mid"> {
  const top = topOf(book);
  const mid = midOf(book);
  if (top === null || mid === null) return { spread_bps: null, top_imbalance: null, weighted_mid: null };
  const depth = top.bidSize + top.askSize;
  return {
    spread_bps: ((top.ask - top.bid) / mid) * 1e4,
    top_imbalance: depth === 0 ? null : (top.bidSize - top.askSize) / depth,
    weighted_mid: depth === 0 ? null : (top.bid * top.askSize + top.ask * top.bidSize) / depth,
  };
}

function topOf(book: BookRow | undefined) {
  const [bid] = book?.bid_px ?? [];
  const [ask] = book?.ask_px ?? [];
  if (bid === undefined || ask === undefined) return null;
  return {
    bid: Number(bid),
    ask: Number(ask),
    bidSize: Number(book?.bid_qty[0]),
    askSize: Number(book?.ask_qty[0]),
  };
}
