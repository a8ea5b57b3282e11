import { Rational } from "../rational.js";
import { type BucketKey, type BucketRow, bucketKeyOf, type FeatureRow, isSameInstrument } from "../rows.js";
import { trailingRows } from "../trailing-rows.js";
import { zScore } from "../z-score.js";
import type { OrderFlow } from "./order-flow.js";

export interface FlowCvdVwap {
  readonly delta: number;
  readonly cvd: number;
  readonly cvd_change_3: number | null;
  readonly delta_z_20: number | null;
  readonly volume_spike_20: number | null;
  readonly vwap_20: number | null;
  readonly sigma_vwap_20: number | null;
  readonly vwap_dev_20: number | null;
}

/** @param flows the rows of `order_flow` of the clock, of any instruments, in any order */
export function naiveFlowCvdVwap(
  bucket: BucketRow,
  flows: readonly FeatureRow<OrderFlow>[],
): BucketKey & FlowCvdVwap {
  const deltaOf = (flow: OrderFlow): number => flow.buy_volume - flow.sell_volume;
  const dayOf = (end: number): number => Math.floor((end - 1) / 86_400_000);
  const sameDay = flows.filter(
    (flow) =>
      isSameInstrument(flow, bucket) &&
      flow.bucket_id <= bucket.bucket_id &&
      dayOf(flow.bucket_ts_end) === dayOf(bucket.bucket_ts_end),
  );
  const own = trailingRows(bucket, flows, 1)[0];
  const before = trailingRows(bucket, flows, 20, false);
  const enough = before.length >= 10;
  const delta = own === undefined ? Number.NaN : deltaOf(own);
  const last20 = trailingRows(bucket, flows, 20);
  const volume = sum(last20.map((flow) => flow.volume));
  const vwap = volume === 0 ? null : sum(last20.map((flow) => flow.quote_volume)) / volume;
  // Differences are taken of floats: those that are below 1e-12 of the price are their rounding.
  const spread = Math.sqrt(
    sum(last20.map((flow) => flow.volume * ((flow.vwap ?? 0) - (vwap ?? 0)) ** 2)) / volume,
  );
  const sigma = vwap === null ? null : spread < 1e-12 * vwap ? 0 : spread;
  const lastVwap = last20.findLast((flow) => flow.volume > 0)?.vwap ?? null;
  const meanVolume = sum(before.map((flow) => flow.volume)) / before.length;
  return {
    ...bucketKeyOf(bucket),
    delta,
    cvd: sum(sameDay.map(deltaOf)),
    cvd_change_3:
      trailingRows(bucket, flows, 4).length < 4 ? null : sum(trailingRows(bucket, flows, 3).map(deltaOf)),
    delta_z_20: zScore(delta, before.map(deltaOf), 10),
    volume_spike_20: enough && meanVolume !== 0 ? (own?.volume ?? Number.NaN) / meanVolume : null,
    vwap_20: vwap,
    sigma_vwap_20: sigma,
    vwap_dev_20:
      vwap === null || sigma === null || sigma === 0 || lastVwap === null
        ? null
        : Math.abs(lastVwap - vwap) / sigma,
  };
}

/** Rows are rounded to 30 decimals in floats, as docs/engine-facts.md says, and added exactly: large ones may cancel. */
function sum(values: readonly number[]): number {
  const scaled = Rational.sum(values.map((value) => Rational.ofNumber(value * 1e30)));
  return scaled.over(Rational.parse(`1${"0".repeat(30)}`))?.toNumber() ?? 0;
}
