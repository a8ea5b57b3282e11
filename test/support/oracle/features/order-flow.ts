import { Rational } from "../rational.js";
import { type BucketRow, bucketKeyOf, type FeatureRow, type TradeRow } from "../rows.js";

export interface OrderFlow {
  readonly buy_volume: number;
  readonly sell_volume: number;
  readonly volume: number;
  readonly quote_volume: number;
  readonly trades: number;
  readonly vwap: number | null;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly imbalance: number | null;
  readonly duration_s: number;
}

/** @param trades the bucket's stream, in order */
export function naiveOrderFlow(bucket: BucketRow, trades: readonly TradeRow[]): FeatureRow<OrderFlow> {
  const prices = trades.map((trade) => Number(trade.price));
  const bought = volumeOf(trades.filter((trade) => trade.side === "buy"));
  const sold = volumeOf(trades.filter((trade) => trade.side === "sell"));
  const volume = bought.plus(sold);
  const value = Rational.sum(
    trades.map((trade) => Rational.parse(trade.price).times(Rational.parse(trade.quantity))),
  );
  return {
    ...bucketKeyOf(bucket),
    buy_volume: bought.toNumber(),
    sell_volume: sold.toNumber(),
    volume: volume.toNumber(),
    quote_volume: value.toNumber(),
    trades: trades.length,
    vwap: value.over(volume)?.toNumber() ?? null,
    open: prices.at(0) ?? Number.NaN,
    high: Math.max(...prices),
    low: Math.min(...prices),
    close: prices.at(-1) ?? Number.NaN,
    imbalance: bought.minus(sold).over(volume)?.toNumber() ?? null,
    duration_s: (bucket.bucket_ts_end - bucket.bucket_ts_start) / 1000,
  };
}

function volumeOf(trades: readonly TradeRow[]): Rational {
  return Rational.sum(trades.map((trade) => Rational.parse(trade.quantity)));
}
