import {
  type BookRow,
  type BucketRow,
  inBookOrder,
  inTradeOrder,
  isSameInstrument,
  type StoredTrade,
  type TradeRow,
} from "./rows.js";

/** A snapshot in a bucket's stream; `carry` marks the one from before the interval. */
export interface StreamBook extends BookRow {
  readonly carry: 0 | 1;
}

/** The trades of a bucket's stream, in order. */
export function naiveTrades(bucket: BucketRow, trades: readonly StoredTrade[]): TradeRow[] {
  return inTradeOrder(trades.filter((trade) => trade.late === 0 && isMember(bucket, trade)));
}

/**
 * The snapshots of a bucket's stream, in order: the last one before the interval that was in time for its own bucket, if it
 * is not older than the gap, then those of the interval.
 * @param buckets all closed buckets of the clock, also of other instruments
 */
export function naiveBooks(
  bucket: BucketRow,
  buckets: readonly BucketRow[],
  books: readonly BookRow[],
  bookGapMs: number,
): StreamBook[] {
  const near = books.filter(
    ({ timestamp }) => timestamp >= bucket.prev_ts_end - bookGapMs && timestamp < bucket.bucket_ts_end,
  );
  const own = inBookOrder(near.filter((book) => isSameInstrument(book, bucket)));
  const siblings = buckets
    .filter(
      (other) => isSameInstrument(other, bucket) && other.bucket_ts_end > bucket.prev_ts_end - bookGapMs,
    )
    .sort((a, b) => a.bucket_id - b.bucket_id);
  const carried = own.findLast(
    (book) =>
      book.timestamp < bucket.prev_ts_end &&
      book.timestamp >= bucket.prev_ts_end - bookGapMs &&
      wasInTime(book, siblings),
  );
  const inside = own.filter((book) => isMember(bucket, book));
  return [
    ...(carried === undefined ? [] : [{ ...carried, carry: 1 as const }]),
    ...inside.map((book) => ({ ...book, carry: 0 as const })),
  ];
}

/**
 * The same for a view with a delay: the snapshots until so long after the bucket's end, of those that were in time for their own
 * bucket; null before the delay is over, that is before a bucket ends so much later.
 */
export function naiveBooksAhead(
  bucket: BucketRow,
  buckets: readonly BucketRow[],
  books: readonly BookRow[],
  bookGapMs: number,
  delayMs: number,
): StreamBook[] | null {
  const siblings = buckets
    .filter((other) => isSameInstrument(other, bucket) && other.bucket_ts_end > bucket.prev_ts_end)
    .sort((a, b) => a.bucket_id - b.bucket_id);
  const until = bucket.bucket_ts_end + delayMs;
  if (!siblings.some((other) => other.bucket_ts_end >= until)) return null;
  const near = books.filter(({ timestamp }) => timestamp >= bucket.prev_ts_end && timestamp < until);
  const after = inBookOrder(near.filter((book) => isSameInstrument(book, bucket))).filter((book) =>
    wasInTime(book, siblings),
  );
  const carried = naiveBooks(bucket, buckets, books, bookGapMs).filter(({ carry }) => carry === 1);
  return [...carried, ...after.map((book) => ({ ...book, carry: 0 as const }))];
}

function isMember(bucket: BucketRow, row: TradeRow | BookRow): boolean {
  return (
    isSameInstrument(row, bucket) &&
    row.timestamp >= bucket.prev_ts_end &&
    row.timestamp < bucket.bucket_ts_end &&
    row.available_at <= bucket.available_at
  );
}

/**
 * A snapshot's own bucket is the first that ends after it.
 * @param buckets of its instrument, by id
 */
export function wasInTime(book: BookRow, buckets: readonly BucketRow[]): boolean {
  const own = buckets.find((bucket) => bucket.bucket_ts_end > book.timestamp);
  return own !== undefined && book.available_at <= own.available_at;
}
