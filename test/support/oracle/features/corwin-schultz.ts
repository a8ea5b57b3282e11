import { type BucketRow, bucketKeyOf, type FeatureRow, isSameInstrument, type StoredTrade } from "../rows.js";

export interface CorwinSchultz {
  readonly cs_beta: number | null;
  readonly cs_gamma: number | null;
  readonly cs_alpha: number | null;
  readonly cs_raw: number | null;
  readonly cs_pairs_10m: number;
  readonly cs_spread_10m: number | null;
  readonly cs_spread_bps_10m: number | null;
}

/** @param trades all stored trades, in any order */
export function naiveCorwinSchultz(
  bucket: BucketRow,
  trades: readonly StoredTrade[],
): FeatureRow<CorwinSchultz> {
  const near = trades.filter(({ timestamp }) => timestamp >= bucket.bucket_ts_end - 600_000);
  const bars = Array.from({ length: 10 }, (_, bar) => {
    const end = bucket.bucket_ts_end - bar * 60_000;
    return near
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
  const pairs = bars.slice(1).flatMap((older, index) => {
    const newer = bars[index] ?? [];
    if (older.length === 0 || newer.length === 0) return [];
    const range = (prices: readonly number[]): number =>
      Math.log(Math.max(...prices) / Math.min(...prices)) ** 2;
    const beta = range(newer) + range(older);
    const gamma = range([...newer, ...older]);
    const k = 3 - 2 * Math.SQRT2;
    const alpha = (Math.sqrt(2 * beta) - Math.sqrt(beta)) / k - Math.sqrt(gamma / k);
    return [{ index, beta, gamma, alpha, raw: (2 * (Math.exp(alpha) - 1)) / (1 + Math.exp(alpha)) }];
  });
  const newest = pairs.find(({ index }) => index === 0);
  const spreads = pairs.map(({ raw }) => Math.max(0, raw));
  const mean =
    spreads.length === 0 ? null : spreads.reduce((sum, spread) => sum + spread, 0) / spreads.length;
  return {
    ...bucketKeyOf(bucket),
    cs_beta: newest?.beta ?? null,
    cs_gamma: newest?.gamma ?? null,
    cs_alpha: newest?.alpha ?? null,
    cs_raw: newest?.raw ?? null,
    cs_pairs_10m: spreads.length,
    cs_spread_10m: mean,
    cs_spread_bps_10m: mean === null ? null : mean * 1e4,
  };
}
