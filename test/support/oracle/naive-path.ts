import { midOf } from "./features/book-state.js";
import { wasInTime } from "./naive-streams.js";
import { type BookRow, type BucketRow, inBookOrder, isSameInstrument } from "./rows.js";

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
  const siblings = buckets
    .filter((other) => isSameInstrument(other, bucket))
    .sort((a, b) => a.bucket_id - b.bucket_id);
  const valid = inBookOrder(books.filter((book) => isSameInstrument(book, bucket))).filter(
    (book) => midOf(book) !== null && wasInTime(book, siblings),
  );
  const midBefore = (ms: number): number | null => {
    const book = valid.findLast(({ timestamp }) => timestamp < ms);
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
