import type { BucketKey, BucketRow } from "../rows.js";
import { trailingRows } from "../trailing-rows.js";

export interface BulkMinute extends BucketKey {
  readonly bar_volume: number;
  readonly buy_fraction: number | null;
}

const parts = 50;

/** Fills 50 equal parts of the volume of the last 240 minutes, minute by minute, each divided pro rata. Those without a fraction are left out. */
export function naiveVpinBvc(
  minute: BucketRow,
  minutes: readonly BulkMinute[],
): { readonly vpin_bvc_50: number | null } {
  const known = trailingRows(minute, minutes, 240).flatMap(
    ({ bar_volume: volume, buy_fraction: fraction }) =>
      fraction === null || volume === 0 ? [] : [{ volume, fraction }],
  );
  const total = known.reduce((sum, { volume }) => sum + volume, 0);
  if (known.length < 60 || total === 0) return { vpin_bvc_50: null };
  const size = total / parts;
  let [filled, bought, imbalance] = [0, 0, 0];
  for (const { volume, fraction } of known) {
    let left = volume;
    while (left > 0) {
      const part = Math.min(left, size - filled);
      [left, filled, bought] = [left - part, filled + part, bought + part * fraction];
      if (filled < size * (1 - 1e-12)) continue;
      imbalance += Math.abs(2 * bought - size);
      [filled, bought] = [0, 0];
    }
  }
  // What rounding has left of the last part.
  if (filled > size / 2) imbalance += Math.abs(2 * bought - size);
  return { vpin_bvc_50: imbalance / total };
}
