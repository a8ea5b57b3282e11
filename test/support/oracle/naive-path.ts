import { midOf } from "./features/book-state.js";
import { wasInTime } from "./naive-streams.js";
import { type BookRow, type BucketRow, inBookOrder, isSameInstrument } from "./rows.js";

/** More than any view asks for, and the second that the bucket's end is rounded down by. */
const longestMs = 302_000;

/**
 * Log returns of the mid between neighbouring whole seconds of the last `seconds` before a bucket's end, as far as both mids
 * are known: the last valid snapshot before the second, in time for its own bucket and not older than the gap.
 */
export function naiveReturns(
  bucket: BucketRow,
  buckets: readonly BucketRow[],
  books: readonly BookRow[],
  bookGapMs: number,
): (seconds: number) => number[] {
  const from = bucket.bucket_ts_end - longestMs - bookGapMs;
  const siblings = buckets
    .filter((other) => isSameInstrument(other, bucket) && other.bucket_ts_end > from)
    .sort((a, b) => a.bucket_id - b.bucket_id);
  const near = books.filter(({ timestamp }) => timestamp >= from && timestamp < bucket.bucket_ts_end);
  const valid = inBookOrder(near.filter((book) => isSameInstrument(book, bucket))).filter(
    (book) => midOf(book) !== null && wasInTime(book, siblings),
  );
  const midBefore = (ms: number): number | null => {
    const book = valid[countBelow(ms, valid) - 1];
    return book !== undefined && book.timestamp >= ms - bookGapMs ? midOf(book) : null;
  };
  return (seconds) => {
    const last = Math.floor(bucket.bucket_ts_end / 1000);
    const mids = Array.from({ length: seconds + 1 }, (_, index) =>
      midBefore((last - seconds + index) * 1000),
    );
    return mids.slice(1).flatMap((mid, index) => {
      const before = mids[index] ?? null;
      return mid === null || before === null ? [] : [Math.log(mid / before)];
    });
  };
}

/** How many books, which are in order, lie before a moment. */
function countBelow(ms: number, books: readonly BookRow[]): number {
  let [low, high] = [0, books.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((books[middle]?.timestamp ?? 0) < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}
