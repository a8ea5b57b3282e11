import { Rational } from "../rational.js";
import { type BucketRow, bucketKeyOf, type FeatureRow, type TradeRow } from "../rows.js";

export interface TradePressure {
  readonly signed_sqrt_notional: number;
}

/** @param trades the bucket's stream, in order */
export function naiveTradePressure(
  bucket: BucketRow,
  trades: readonly TradeRow[],
): FeatureRow<TradePressure> {
  const terms = trades.map((trade) => {
    const value = Rational.parse(trade.price).times(Rational.parse(trade.quantity)).toNumber();
    return Rational.ofNumber((trade.side === "buy" ? 1 : -1) * Math.sqrt(value));
  });
  return { ...bucketKeyOf(bucket), signed_sqrt_notional: Rational.sum(terms).toNumber() };
}
