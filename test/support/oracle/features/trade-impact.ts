import { Rational } from "../rational.js";
import { type BucketRow, bucketKeyOf, type FeatureRow, type TradeRow } from "../rows.js";

export interface TradeImpact {
  readonly price_change: number;
  readonly signed_volume: number;
  readonly trade_impact_ratio: number | null;
}

/** @param trades the bucket's stream, in order */
export function naiveTradeImpact(bucket: BucketRow, trades: readonly TradeRow[]): FeatureRow<TradeImpact> {
  const signed = Rational.sum(
    trades.map((trade) => Rational.parse(trade.side === "buy" ? trade.quantity : `-${trade.quantity}`)),
  ).toNumber();
  // Prices are Float64 in a stream, so their difference carries the rounding of both.
  const change = Number(trades.at(-1)?.price) - Number(trades.at(0)?.price);
  return {
    ...bucketKeyOf(bucket),
    price_change: change,
    signed_volume: signed,
    trade_impact_ratio: signed === 0 ? null : change / signed,
  };
}
