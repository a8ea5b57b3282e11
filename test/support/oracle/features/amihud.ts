import { Rational } from "../rational.js";
import { type BucketRow, bucketKeyOf, type FeatureRow } from "../rows.js";
import { trailingRows } from "../trailing-rows.js";
import type { BucketReturns } from "./bucket-returns.js";
import type { OrderFlow } from "./order-flow.js";

export interface Amihud {
  readonly illiquidity: number | null;
  readonly amihud_20: number | null;
  readonly amihud_50: number | null;
  readonly amihud_used_50: number;
}

/** Rows of the views read, one a bucket and in the order of `buckets`. */
export function naiveAmihud(
  buckets: readonly BucketRow[],
  returns: readonly FeatureRow<BucketReturns>[],
  flows: readonly FeatureRow<OrderFlow>[],
): FeatureRow<Amihud>[] {
  const own = buckets.map((bucket, index) => {
    const change = returns[index]?.log_return ?? null;
    const value = flows[index]?.quote_volume ?? 0;
    return {
      ...bucketKeyOf(bucket),
      illiquidity: change === null || value === 0 ? null : Math.abs(change) / value,
    };
  });
  const known = (bucket: BucketRow, length: number): number[] =>
    trailingRows(bucket, own, length).flatMap((row) => (row.illiquidity === null ? [] : [row.illiquidity]));
  return buckets.map((bucket, index) => ({
    ...bucketKeyOf(bucket),
    illiquidity: own[index]?.illiquidity ?? null,
    amihud_20: meanTimesMillion(known(bucket, 20)),
    amihud_50: meanTimesMillion(known(bucket, 50)),
    amihud_used_50: known(bucket, 50).length,
  }));
}

function meanTimesMillion(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  return (Rational.sum(values.map(Rational.ofNumber)).toNumber() / values.length) * 1e6;
}
