import { naiveFeatures } from "./oracle/naive-features.js";
import { naiveBooks } from "./oracle/naive-streams.js";
import { naiveVector } from "./oracle/naive-vector.js";
import { naiveViewFeatures } from "./oracle/naive-view-features.js";
import type { BookRow, BucketRow, StoredTrade } from "./oracle/rows.js";

/**
 * By name, what computes the rows that the alias of a stock view, or of the vector, must hold. A view over books has a row only for buckets
 * that have a book; the others have one for every bucket.
 */
export function expectedFeatures(
  buckets: readonly BucketRow[],
  trades: readonly StoredTrade[],
  books: readonly BookRow[],
  bookGapMs: number,
): Record<string, () => readonly object[]> {
  const naive = naiveFeatures(buckets, trades, books, bookGapMs);
  const hasBooks = (bucket: BucketRow): boolean => naiveBooks(bucket, buckets, books, bookGapMs).length > 0;
  const overViews = Object.entries(naiveViewFeatures(buckets, trades, naive, books, bookGapMs));
  return {
    ...Object.fromEntries(overViews.map(([name, rows]) => [name, () => rows().map(asStored)])),
    order_flow: () => naive.order_flow.map(asStored),
    trade_impact: () => naive.trade_impact.map(asStored),
    book_state: () =>
      naive.book_state
        .filter((_, index) => {
          const bucket = buckets[index];
          return bucket !== undefined && hasBooks(bucket);
        })
        .map(asStored),
    vpin: () => naive.vpin.map(asStored),
    trend_v1: () => naiveVector(buckets, naive),
  };
}

/** Views do not keep where a bucket's stream began. */
function asStored<Row extends { readonly prev_ts_end: number }>({ prev_ts_end: _, ...row }: Row) {
  return row;
}
