import type { StreamBook } from "../naive-streams.js";
import type { BucketRow } from "../rows.js";
import { midOf } from "./book-state.js";

export interface MidGridRow {
  readonly second: number;
  readonly grid_mid: number;
  readonly grid_mid_age_ms: number;
}

/** @param books the bucket's snapshots, in order, the carried one first */
export function naiveMidGrid(bucket: BucketRow, books: readonly StreamBook[]): MidGridRow[] {
  const rows: MidGridRow[] = [];
  const first = Math.floor(bucket.prev_ts_end / 1000) + 1;
  for (let second = first; second * 1000 <= bucket.bucket_ts_end; second++) {
    const last = books.findLast((book) => book.timestamp < second * 1000 && midOf(book) !== null);
    const mid = midOf(last);
    if (last === undefined || mid === null) continue;
    rows.push({ second, grid_mid: mid, grid_mid_age_ms: second * 1000 - last.timestamp });
  }
  return rows;
}
