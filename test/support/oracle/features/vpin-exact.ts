import { parseLots } from "../../../../src/clock/decimal.js";
import { type BucketRow, bucketKeyOf, type FeatureRow, instrumentKey, type TradeRow } from "../rows.js";

export interface VpinExact {
  readonly vpin_exact_50: number | null;
  readonly open_buy_volume: number;
  readonly open_sell_volume: number;
}

interface VolumeBucket {
  buy: bigint;
  sell: bigint;
  readonly size: bigint;
  /** The clock's bucket in which it begins; null where a part of it was left out. */
  readonly from: number | null;
}

const dayMs = 86_400_000;
const used = 50;
const reach = 250;
/** Of one bucket of the clock only so many volume buckets have parts, the last ones. */
const most = 100n;

/** Fills volume buckets trade by trade, in lots, cutting a trade as often as it crosses a boundary. */
export function naiveVpinExact(
  buckets: readonly BucketRow[],
  tradesOf: (bucket: BucketRow) => readonly TradeRow[],
): FeatureRow<VpinExact>[] {
  const rows = new Map<BucketRow, FeatureRow<VpinExact>>();
  for (const instrument of new Set(buckets.map(instrumentKey))) {
    const own = buckets.filter((bucket) => instrumentKey(bucket) === instrument);
    const filled: VolumeBucket[] = [];
    let [day, size, total] = [-1, 0n, 0n];
    let open: VolumeBucket | undefined;
    for (const bucket of own.sort((a, b) => a.bucket_id - b.bucket_id)) {
      const today = Math.floor((bucket.bucket_ts_end - 1) / dayMs);
      if (today !== day) [day, size, total, open] = [today, parseLots(bucket.size), 0n, undefined];
      const trades = tradesOf(bucket);
      const end = trades.reduce((sum, { quantity }) => sum + parseLots(quantity), total);
      const first = ((end - 1n) / size - most + 1n) * size;
      for (const { quantity, side } of trades) {
        let left = parseLots(quantity);
        if (total < first) {
          const skipped = left < first - total ? left : first - total;
          [left, total, open] = [left - skipped, total + skipped, undefined];
        }
        while (left > 0n) {
          const room = size - (total % size);
          open ??= { buy: 0n, sell: 0n, size, from: room === size ? bucket.bucket_id : null };
          let part = room;
          if (left < room) part = left;
          open[side] += part;
          [left, total] = [left - part, total + part];
          if (part < room) continue;
          filled.push(open);
          open = undefined;
        }
      }
      rows.set(bucket, { ...bucketKeyOf(bucket), ...vpinOf(filled, open, bucket) });
    }
  }
  return buckets.flatMap((bucket) => rows.get(bucket) ?? []);
}

function vpinOf(
  filled: readonly VolumeBucket[],
  open: VolumeBucket | undefined,
  bucket: BucketRow,
): VpinExact {
  const whole = filled.filter(({ from }) => from !== null && from > bucket.bucket_id - reach).slice(-used);
  const sum = (of: (one: VolumeBucket) => bigint): number =>
    Number(whole.reduce((total, one) => total + of(one), 0n));
  const imbalance = sum(({ buy, sell }) => (buy > sell ? buy - sell : sell - buy));
  return {
    ...{ vpin_exact_50: whole.length < used ? null : imbalance / sum(({ size }) => size) },
    open_buy_volume: Number(open?.buy ?? 0n) / 1e8,
    open_sell_volume: Number(open?.sell ?? 0n) / 1e8,
  };
}
