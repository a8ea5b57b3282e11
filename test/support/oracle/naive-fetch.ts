import { type InstrumentColumns, isSameInstrument } from "./rows.js";

export interface SpineRow extends InstrumentColumns {
  readonly ts: number;
}

/** A vector's row; `available_at` includes the vector's lag. */
export interface VectorRow extends InstrumentColumns {
  readonly bucket_id: number;
  readonly available_at: number;
}

/** What a point-in-time fetch joins to a spine row; null when nothing usable was known at that moment. */
export function naiveFetch<Row extends VectorRow>(
  spine: SpineRow,
  rows: readonly Row[],
  maxAgeMs: number,
): { readonly row: Row; readonly age_s: number } | null {
  const known = rows
    .filter((row) => isSameInstrument(row, spine) && row.available_at <= spine.ts)
    .sort((a, b) => a.available_at - b.available_at || a.bucket_id - b.bucket_id);
  const row = known.at(-1);
  if (row === undefined || spine.ts - row.available_at > maxAgeMs) return null;
  return { row, age_s: (spine.ts - row.available_at) / 1000 };
}
