import { type BucketRow, bucketKeyOf, type FeatureRow } from "../rows.js";
import { trailingRows } from "../trailing-rows.js";
import type { BookState } from "./book-state.js";

export type WaveletEnergy = Readonly<
  Record<
    | `energy_${"approx" | "d1" | "d2" | "d3" | "total"}`
    | `energy_share_${"approx" | "d1" | "d2" | "d3"}`
    | "low_high_ratio"
    | "wavelet_entropy",
    number | null
  >
>;

const nothing: WaveletEnergy = {
  energy_approx: null,
  energy_d1: null,
  energy_d2: null,
  energy_d3: null,
  energy_total: null,
  energy_share_approx: null,
  energy_share_d1: null,
  energy_share_d2: null,
  energy_share_d3: null,
  low_high_ratio: null,
  wavelet_entropy: null,
};

/** Haar's transform by its definition, pair by pair; `states` are rows of book_state, one a bucket. */
export function naiveWaveletEnergy(
  bucket: BucketRow,
  states: readonly FeatureRow<BookState>[],
): FeatureRow<WaveletEnergy> {
  const mids = trailingRows(bucket, states, 33).flatMap(({ last_valid_mid: mid }) =>
    mid === null ? [] : [mid],
  );
  if (mids.length < 33) return { ...bucketKeyOf(bucket), ...nothing };
  let level = mids.slice(1).map((mid, index) => Math.log(mid / (mids[index] ?? Number.NaN)));
  const details = [1, 2, 3].map(() => {
    const pairs = Array.from({ length: level.length / 2 }, (_, index) => [
      level[2 * index] ?? Number.NaN,
      level[2 * index + 1] ?? Number.NaN,
    ]);
    level = pairs.map(([a = Number.NaN, b = Number.NaN]) => (a + b) / Math.SQRT2);
    return energyOf(pairs.map(([a = Number.NaN, b = Number.NaN]) => (a - b) / Math.SQRT2));
  });
  const [d1 = Number.NaN, d2 = Number.NaN, d3 = Number.NaN] = details;
  const approx = energyOf(level);
  const total = approx + d1 + d2 + d3;
  const shares = total === 0 ? [] : [approx, d1, d2, d3].map((energy) => energy / total);
  const entropy = -shares.reduce((sum, share) => sum + (share > 0 ? share * Math.log(share) : 0), 0);
  return {
    ...bucketKeyOf(bucket),
    energy_approx: approx,
    energy_d1: d1,
    energy_d2: d2,
    energy_d3: d3,
    energy_total: total,
    energy_share_approx: shares[0] ?? null,
    energy_share_d1: shares[1] ?? null,
    energy_share_d2: shares[2] ?? null,
    energy_share_d3: shares[3] ?? null,
    low_high_ratio: d1 + d2 + d3 === 0 ? null : approx / (d1 + d2 + d3),
    wavelet_entropy: shares.length === 0 ? null : entropy,
  };
}

function energyOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}
