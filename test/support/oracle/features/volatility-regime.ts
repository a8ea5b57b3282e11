import { type BucketKey, type BucketRow, bucketKeyOf, isSameInstrument } from "../rows.js";

type Ranked = BucketKey & { readonly volatility_rank_500: number | null };
type Regime = BucketKey & { readonly volatility_regime: number | null };
type Volatility = BucketKey & { readonly rvol_300: number | null };

/** The share of smaller values among the 500 buckets before, equal ones counted half. */
export function naiveVolatilityRank(bucket: BucketRow, rows: readonly Volatility[]): Ranked {
  const own = rows.find((row) => isSameInstrument(row, bucket) && row.bucket_id === bucket.bucket_id);
  const value = own?.rvol_300 ?? null;
  const past = before(bucket, rows, 500).flatMap(({ rvol_300: one }) => (one === null ? [] : [one]));
  const isKnown = value !== null && past.length >= 50;
  const below = past.filter((one) => value !== null && one < value).length;
  const equal = past.filter((one) => one === value).length;
  return {
    ...bucketKeyOf(bucket),
    volatility_rank_500: isKnown ? (below + equal / 2) / past.length : null,
  };
}

/** Step by step over the last 500 buckets. */
export function naiveVolatilityRegime(bucket: BucketRow, ranks: readonly Ranked[]): Regime {
  let regime: "none" | "high" | "low" | "normal" = "none";
  let last: number | null = null;
  for (const { volatility_rank_500: rank } of before(
    { ...bucket, bucket_id: bucket.bucket_id + 1 },
    ranks,
    500,
  )) {
    last = rank;
    if (rank === null) continue;
    if (regime === "high" && rank < 0.7) regime = "normal";
    if (regime === "low" && rank > 0.3) regime = "normal";
    if (rank >= 0.9) regime = "high";
    else if (rank <= 0.1) regime = "low";
    else if (regime === "none") regime = "normal";
  }
  const values = { none: null, high: 1, low: -1, normal: 0 };
  return { ...bucketKeyOf(bucket), volatility_regime: last === null ? null : values[regime] };
}

/** So many buckets before one, in order. */
function before<Row extends BucketKey>(bucket: BucketRow, rows: readonly Row[], count: number): Row[] {
  return rows
    .filter((row) => isSameInstrument(row, bucket))
    .filter(({ bucket_id: id }) => id < bucket.bucket_id && id >= bucket.bucket_id - count)
    .sort((a, b) => a.bucket_id - b.bucket_id);
}
