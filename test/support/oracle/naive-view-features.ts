/** Stock views over views, and over windows of time. */
import { naiveAmihud } from "./features/amihud.js";
import { naiveBucketReturns } from "./features/bucket-returns.js";
import { naiveCorwinSchultz } from "./features/corwin-schultz.js";
import { naiveFlowCvdVwap } from "./features/flow-cvd-vwap.js";
import { naiveFlowWindows } from "./features/flow-windows.js";
import { naiveKyleLambda } from "./features/kyle-lambda.js";
import { naiveLeeMykland } from "./features/lee-mykland.js";
import { naiveRealisedVolatility } from "./features/realised-volatility.js";
import { naiveRollSpread } from "./features/roll-spread.js";
import { naiveTradePressure } from "./features/trade-pressure.js";
import { naiveVpin } from "./features/vpin.js";
import { naiveVpinExact } from "./features/vpin-exact.js";
import type { NaiveFeatures } from "./naive-features.js";
import { naiveReturns } from "./naive-path.js";
import { naiveTrades } from "./naive-streams.js";
import { type BookRow, type BucketKey, type BucketRow, bucketKeyOf, type StoredTrade } from "./rows.js";

/** By view, what computes its rows: one a bucket, in the order of `buckets`. */
export function naiveViewFeatures(
  buckets: readonly BucketRow[],
  trades: readonly StoredTrade[],
  { order_flow: flows, book_state: states, trade_impact: impacts }: NaiveFeatures,
  books: readonly BookRow[],
  bookGapMs: number,
): Readonly<Record<string, () => readonly BucketKey[]>> {
  // What several need is computed once, and nothing that nobody asks for: some of it takes long.
  const pressures = once(() =>
    buckets.map((bucket) => naiveTradePressure(bucket, naiveTrades(bucket, trades))),
  );
  const returns = once(() => buckets.map((bucket) => naiveBucketReturns(bucket, flows)));
  const paths = once(() => buckets.map((bucket) => naiveReturns(bucket, buckets, books, bookGapMs)));
  const pathOf = (index: number) => paths()[index] ?? (() => []);
  const kyle = once(() => naiveKyleLambda(buckets, states, impacts, pressures()));
  const amihud = once(() => naiveAmihud(buckets, returns(), flows));
  return {
    mid_by_bucket: () =>
      buckets.map((bucket, index) => ({ ...bucketKeyOf(bucket), mid: states[index]?.mid ?? null })),
    kyle_lambda_by_bucket: () =>
      buckets.map((bucket, index) => ({
        ...bucketKeyOf(bucket),
        kyle_lambda: kyle()[index]?.kyle_ratio ?? null,
        amihud_illiq: amihud()[index]?.illiquidity ?? null,
        signed_volume: impacts[index]?.signed_volume ?? null,
        price_change: returns()[index]?.price_change ?? null,
      })),
    vpin_by_bucket: () =>
      buckets.map((bucket, index) => ({
        ...bucketKeyOf(bucket),
        vpin: naiveVpin(bucket, flows).vpin_50,
        buy_volume: flows[index]?.buy_volume ?? null,
        sell_volume: flows[index]?.sell_volume ?? null,
        total_volume: flows[index]?.volume ?? null,
      })),
    vpin_exact: () => naiveVpinExact(buckets, (bucket) => naiveTrades(bucket, trades)),
    corwin_schultz: () => buckets.map((bucket) => naiveCorwinSchultz(bucket, trades)),
    flow_cvd_vwap: () => buckets.map((bucket) => naiveFlowCvdVwap(bucket, flows)),
    flow_windows: () => buckets.map((bucket) => naiveFlowWindows(bucket, trades)),
    realised_volatility: () => buckets.map((bucket, index) => naiveRealisedVolatility(bucket, pathOf(index))),
    lee_mykland: () => buckets.map((bucket, index) => naiveLeeMykland(bucket, pathOf(index))),
    trade_pressure: pressures,
    bucket_returns: returns,
    kyle_lambda: kyle,
    amihud,
    roll_spread: () => buckets.map((bucket) => naiveRollSpread(bucket, returns(), flows)),
  };
}

function once<T>(compute: () => T): () => T {
  let value: { readonly of: T } | undefined;
  return () => {
    value ??= { of: compute() };
    return value.of;
  };
}
