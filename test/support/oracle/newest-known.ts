import { type BucketRow, type InstrumentColumns, isSameInstrument } from "./rows.js";

/** A row of a source that comes once in a while. */
export type SlowRow = InstrumentColumns & {
  readonly timestamp: number;
  readonly available_at: number;
  readonly seq: number;
};

/** Of all rows that were known with a bucket the one with the latest time, if it is not too old. */
export function newestKnown<Row extends SlowRow>(
  bucket: BucketRow,
  rows: readonly Row[],
  maxAgeMs: number,
): { readonly row: Row; readonly ageMs: number } | null {
  let newest: Row | undefined;
  for (const row of rows) {
    if (!isSameInstrument(row, bucket) || row.available_at > bucket.available_at) continue;
    const isNewer =
      newest === undefined ||
      row.timestamp > newest.timestamp ||
      (row.timestamp === newest.timestamp && row.seq > newest.seq);
    if (isNewer) newest = row;
  }
  if (newest === undefined) return null;
  const ageMs = bucket.available_at - newest.timestamp;
  return ageMs > maxAgeMs ? null : { row: newest, ageMs };
}
