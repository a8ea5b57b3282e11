import { type BucketRow, bucketKeyOf, type FeatureRow, isSameInstrument } from "../rows.js";
import type { OrderFlow } from "./order-flow.js";

export interface Vpin {
  readonly vpin_20: number | null;
  readonly vpin_50: number | null;
}

/** @param flows the rows of `order_flow` of the clock, of any instruments, in any order */
export function naiveVpin(bucket: BucketRow, flows: readonly FeatureRow<OrderFlow>[]): FeatureRow<Vpin> {
  return {
    ...bucketKeyOf(bucket),
    vpin_20: vpinOver(20, bucket, flows),
    vpin_50: vpinOver(50, bucket, flows),
  };
}

/** Over the last `length` buckets, this one included; null as long as there are fewer. */
export function vpinOver(
  length: number,
  bucket: BucketRow,
  flows: readonly FeatureRow<Pick<OrderFlow, "buy_volume" | "sell_volume">>[],
): number | null {
  const window = flows.filter(
    (flow) =>
      isSameInstrument(flow, bucket) &&
      flow.bucket_id <= bucket.bucket_id &&
      flow.bucket_id > bucket.bucket_id - length,
  );
  if (window.length < length) return null;
  const imbalance = sum(window.map((flow) => Math.abs(flow.buy_volume - flow.sell_volume)));
  const volume = sum(window.map((flow) => flow.buy_volume + flow.sell_volume));
  return volume === 0 ? null : imbalance / volume;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
