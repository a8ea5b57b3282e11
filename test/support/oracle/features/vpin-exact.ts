import { Rational } from "../rational.js";
import { type BucketRow, bucketKeyOf, type FeatureRow, isSameInstrument, type TradeRow } from "../rows.js";

export interface VpinExact {
  readonly vpin_exact_50: number | null;
  readonly open_buy_volume: number;
  readonly open_sell_volume: number;
}

interface VolumeBucket {
  buy: Rational;
  sell: Rational;
  /** The clock's bucket in which it begins. */
  readonly from: number;
}

const dayMs = 86_400_000;
const used = 50;
const reach = 250;

/** Fills buckets trade by trade, cutting a trade as often as it crosses a boundary. */
export function naiveVpinExact(
  bucket: BucketRow,
  buckets: readonly BucketRow[],
  tradesOf: (bucket: BucketRow) => readonly TradeRow[],
): FeatureRow<VpinExact> {
  const filled: VolumeBucket[] = [];
  const own = buckets.filter(
    (other) => isSameInstrument(other, bucket) && other.bucket_id <= bucket.bucket_id,
  );
  own.sort((a, b) => a.bucket_id - b.bucket_id);
  let open: VolumeBucket | undefined;
  let day: number | undefined;
  let size = Rational.zero;
  for (const other of own) {
    const today = Math.floor((other.bucket_ts_end - 1) / dayMs);
    if (today !== day) {
      [day, open, size] = [today, undefined, Rational.parse(other.size)];
    }
    for (const trade of tradesOf(other)) {
      let left = Rational.parse(trade.quantity);
      while (left.numerator > 0n) {
        open ??= { buy: Rational.zero, sell: Rational.zero, from: other.bucket_id };
        const room = size.minus(open.buy.plus(open.sell));
        const part = left.isAtLeast(room) ? room : left;
        if (trade.side === "buy") open.buy = open.buy.plus(part);
        else open.sell = open.sell.plus(part);
        left = left.minus(part);
        if (part !== room) continue;
        filled.push(open);
        open = undefined;
      }
    }
  }
  const seen = filled.filter(({ from }) => from > bucket.bucket_id - reach).slice(-used);
  const imbalance = Rational.sum(seen.map(({ buy, sell }) => buy.minus(sell).absolute()));
  const volume = Rational.sum(seen.map(({ buy, sell }) => buy.plus(sell)));
  return {
    ...bucketKeyOf(bucket),
    vpin_exact_50: seen.length < used ? null : (imbalance.over(volume)?.toNumber() ?? null),
    open_buy_volume: open?.buy.toNumber() ?? 0,
    open_sell_volume: open?.sell.toNumber() ?? 0,
  };
}
