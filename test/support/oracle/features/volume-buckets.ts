import { parseLots } from "../../../../src/clock/decimal.js";
import type { BucketRow, TradeRow } from "../rows.js";

export interface VolumeSlice {
  readonly volume_bucket: number;
  readonly slice_buy: number;
  readonly slice_sell: number;
  readonly is_first_part: number;
  readonly is_last_part: number;
  readonly last_ms: number;
  readonly last_trade_seq: number;
}

const dayMs = 86_400_000;
/** Of one bucket of the clock only so many volume buckets have parts, the last ones. */
const most = 100n;

export const dayOf = (bucket: BucketRow): number => Math.floor((bucket.bucket_ts_end - 1) / dayMs);

/**
 * What a bucket's trades add to volume buckets of one size, counted from midnight: lot by lot would be the definition, a trade cut at
 * each boundary is the same.
 * @param before lots traded earlier that day
 * @param size lots of a volume bucket
 */
export function naiveVolumeBuckets(
  bucket: BucketRow,
  trades: readonly TradeRow[],
  before: bigint,
  size: bigint,
): VolumeSlice[] {
  const slices = new Map<bigint, { buy: bigint; sell: bigint; from: bigint; to: bigint; last: TradeRow }>();
  let total = before;
  for (const trade of trades) {
    const end = total + parseLots(trade.quantity);
    while (total < end) {
      const number = total / size;
      const until = (number + 1n) * size < end ? (number + 1n) * size : end;
      const slice = slices.get(number) ?? { buy: 0n, sell: 0n, from: total, to: total, last: trade };
      slice[trade.side] += until - total;
      slices.set(number, { ...slice, to: until, last: trade });
      total = until;
    }
  }
  return [...slices].slice(-Number(most)).map(([number, { buy, sell, from, to, last }]) => ({
    volume_bucket: dayOf(bucket) * 1_000_000_000 + Number(number),
    slice_buy: Number(buy) / 1e8,
    slice_sell: Number(sell) / 1e8,
    is_first_part: from === number * size ? 1 : 0,
    is_last_part: to === (number + 1n) * size ? 1 : 0,
    last_ms: last.timestamp,
    last_trade_seq: last.trade_seq,
  }));
}
