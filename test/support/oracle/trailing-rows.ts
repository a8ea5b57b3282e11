import { type BucketKey, type BucketRow, isSameInstrument } from "./rows.js";

/** Rows of the last `length` buckets, this one included, in order; of a window without it, the `length` before it. */
export function trailingRows<Row extends BucketKey>(
  bucket: BucketRow,
  rows: readonly Row[],
  length: number,
  current = true,
): Row[] {
  const last = current ? bucket.bucket_id : bucket.bucket_id - 1;
  return rows
    .filter((row) => isSameInstrument(row, bucket) && row.bucket_id <= last && row.bucket_id > last - length)
    .sort((a, b) => a.bucket_id - b.bucket_id);
}
