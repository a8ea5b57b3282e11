import { exactRegression } from "../exact-regression.js";
import { type BucketRow, bucketKeyOf, type FeatureRow } from "../rows.js";
import { trailingRows } from "../trailing-rows.js";
import type { BucketReturns } from "./bucket-returns.js";
import type { OrderFlow } from "./order-flow.js";

export interface RollSpread {
  readonly autocov_50: number | null;
  readonly roll_spread_50: number | null;
  readonly roll_spread_bps_50: number | null;
  readonly is_autocov_positive_50: number | null;
}

/** @param returns and flows of the clock's views, of any instruments, in any order */
export function naiveRollSpread(
  bucket: BucketRow,
  returns: readonly FeatureRow<BucketReturns>[],
  flows: readonly FeatureRow<OrderFlow>[],
): FeatureRow<RollSpread> {
  const changes = trailingRows(bucket, returns, 50);
  const differences = changes.filter((row) => row.price_change !== null).length;
  const pairs = changes.map((row) => [row.previous_price_change, row.price_change] as const);
  const covariance = differences < 3 ? null : exactRegression(pairs).covariance;
  const closes = trailingRows(bucket, flows, 50).map((flow) => flow.close);
  const mean = closes.reduce((sum, close) => sum + close, 0) / closes.length;
  const spread = covariance === null ? null : covariance < 0 ? 2 * Math.sqrt(-covariance) : 0;
  return {
    ...bucketKeyOf(bucket),
    autocov_50: covariance,
    roll_spread_50: spread,
    roll_spread_bps_50: spread === null ? null : (spread / mean) * 10_000,
    is_autocov_positive_50: covariance === null ? null : Number(covariance > 0),
  };
}
