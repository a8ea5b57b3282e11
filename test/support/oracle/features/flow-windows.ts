import { Rational } from "../rational.js";
import { type BucketRow, bucketKeyOf, type FeatureRow, isSameInstrument, type StoredTrade } from "../rows.js";

export type FlowWindows = Readonly<Record<string, number | null>>;

/** @param trades all stored trades, in any order */
export function naiveFlowWindows(bucket: BucketRow, trades: readonly StoredTrade[]): FeatureRow<FlowWindows> {
  const known = trades.filter(
    (trade) =>
      trade.timestamp >= bucket.bucket_ts_end - 60_000 &&
      isSameInstrument(trade, bucket) &&
      trade.late === 0 &&
      trade.available_at <= bucket.available_at,
  );
  const cells = [1, 10, 60].flatMap((seconds) => {
    const inside = known.filter(
      ({ timestamp }) =>
        timestamp >= bucket.bucket_ts_end - seconds * 1000 && timestamp < bucket.bucket_ts_end,
    );
    const volume = Rational.sum(inside.map((trade) => Rational.parse(trade.quantity)));
    const signed = Rational.sum(
      inside.map((trade) => Rational.parse(`${trade.side === "buy" ? "" : "-"}${trade.quantity}`)),
    );
    const value = Rational.sum(
      inside.map((trade) => Rational.parse(trade.price).times(Rational.parse(trade.quantity))),
    );
    return [
      [`volume_${seconds}`, volume.toNumber()],
      [`signed_volume_${seconds}`, signed.toNumber()],
      [`flow_imbalance_${seconds}`, signed.over(volume)?.toNumber() ?? null],
      [`vwap_${seconds}`, value.over(volume)?.toNumber() ?? null],
      [`seconds_${seconds}`, new Set(inside.map(({ timestamp }) => Math.floor(timestamp / 1000))).size],
    ];
  });
  return { ...bucketKeyOf(bucket), ...Object.fromEntries(cells) };
}
