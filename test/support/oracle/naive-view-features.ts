/** Stock views over views, from what the views over streams hold. */
import { naiveAmihud } from "./features/amihud.js";
import { naiveBucketReturns } from "./features/bucket-returns.js";
import { naiveKyleLambda } from "./features/kyle-lambda.js";
import { naiveRollSpread } from "./features/roll-spread.js";
import { naiveTradePressure } from "./features/trade-pressure.js";
import type { NaiveFeatures } from "./naive-features.js";
import { naiveTrades } from "./naive-streams.js";
import type { BucketKey, BucketRow, StoredTrade } from "./rows.js";

/** One row a bucket and view, in the order of `buckets`. */
export function naiveViewFeatures(
  buckets: readonly BucketRow[],
  trades: readonly StoredTrade[],
  { order_flow: flows, book_state: states, trade_impact: impacts }: NaiveFeatures,
): Readonly<Record<string, readonly BucketKey[]>> {
  const pressures = buckets.map((bucket) => naiveTradePressure(bucket, naiveTrades(bucket, trades)));
  const returns = buckets.map((bucket) => naiveBucketReturns(bucket, flows));
  return {
    trade_pressure: pressures,
    bucket_returns: returns,
    kyle_lambda: naiveKyleLambda(buckets, states, impacts, pressures),
    amihud: naiveAmihud(buckets, returns, flows),
    roll_spread: buckets.map((bucket) => naiveRollSpread(bucket, returns, flows)),
  };
}
