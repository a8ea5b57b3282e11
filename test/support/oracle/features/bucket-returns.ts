import { type BucketRow, bucketKeyOf, type FeatureRow } from "../rows.js";
import { trailingRows } from "../trailing-rows.js";
import type { OrderFlow } from "./order-flow.js";

export interface BucketReturns {
  readonly previous_close: number | null;
  readonly price_change: number | null;
  readonly log_return: number | null;
  readonly previous_price_change: number | null;
}

/** @param flows the rows of `order_flow` of the clock, of any instruments, in any order */
export function naiveBucketReturns(
  bucket: BucketRow,
  flows: readonly FeatureRow<OrderFlow>[],
): FeatureRow<BucketReturns> {
  const closes = trailingRows(bucket, flows, 3).map((flow) => flow.close);
  const [close = Number.NaN, previous, beforeThat] = closes.reverse();
  return {
    ...bucketKeyOf(bucket),
    previous_close: previous ?? null,
    price_change: previous === undefined ? null : close - previous,
    log_return: previous === undefined ? null : Math.log(close / previous),
    previous_price_change: previous === undefined || beforeThat === undefined ? null : previous - beforeThat,
  };
}
