import { type BucketRow, bucketKeyOf, type FeatureRow, isSameInstrument, type StoredTrade } from "../rows.js";

export interface CorwinSchultz {
  readonly cs_pairs_10m: number;
  readonly cs_spread_10m: number | null;
}

/** @param trades all stored trades, in any order */
export function naiveCorwinSchultz(
  bucket: BucketRow,
  trades: readonly StoredTrade[],
): FeatureRow<CorwinSchultz> {
  const bars = Array.from({ length: 10 }, (_, bar) => {
    const end = bucket.bucket_ts_end - bar * 60_000;
    return trades
      .filter(
        (trade) =>
          isSameInstrument(trade, bucket) &&
          trade.late === 0 &&
          trade.available_at <= bucket.available_at &&
          trade.timestamp >= end - 60_000 &&
          trade.timestamp < end,
      )
      .map((trade) => Number(trade.price));
  });
  const spreads = bars.slice(1).flatMap((older, index) => {
    const newer = bars[index] ?? [];
    if (older.length === 0 || newer.length === 0) return [];
    const range = (prices: readonly number[]): number =>
      Math.log(Math.max(...prices) / Math.min(...prices)) ** 2;
    const beta = range(newer) + range(older);
    const gamma = range([...newer, ...older]);
    const k = 3 - 2 * Math.SQRT2;
    const alpha = (Math.sqrt(2 * beta) - Math.sqrt(beta)) / k - Math.sqrt(gamma / k);
    return [Math.max(0, (2 * (Math.exp(alpha) - 1)) / (1 + Math.exp(alpha)))];
  });
  return {
    ...bucketKeyOf(bucket),
    cs_pairs_10m: spreads.length,
    cs_spread_10m:
      spreads.length === 0 ? null : spreads.reduce((sum, spread) => sum + spread, 0) / spreads.length,
  };
}
