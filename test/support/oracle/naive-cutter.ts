import { Rational } from "./rational.js";
import { type BucketRow, inTradeOrder, type TradeRow } from "./rows.js";

export interface NaiveClock {
  readonly mode: "volume" | "count";
  /** Base units in mode `volume`, trades in mode `count`; decimal text. */
  readonly size: string;
  readonly maxMs: number;
  readonly maxTrades: number;
  readonly bookGapMs: number;
}

/** A closed bucket, and which trades are in it. */
export interface NaiveBucket extends BucketRow {
  readonly members: readonly TradeRow[];
}

/**
 * The closed buckets of one instrument's trades (those in time, in any order), once every trade below `watermark` has been
 * consumed. Straight from the four rules of docs/architecture.md, one timestamp at a time.
 */
export function naiveBuckets(
  trades: readonly TradeRow[],
  clock: NaiveClock,
  watermark: number,
): NaiveBucket[] {
  const closed: NaiveBucket[] = [];
  let members: TradeRow[] = [];
  let volume = Rational.zero;
  const close = (end: number, trigger: BucketRow["cut_trigger"]) => {
    closed.push(makeBucket(members, end, trigger, clock, closed.at(-1)));
    members = [];
    volume = Rational.zero;
  };

  const consumed = inTradeOrder(trades).filter((trade) => trade.timestamp < watermark);
  for (const [timestamp, group] of byTimestamp(consumed)) {
    const start = members[0]?.timestamp;
    if (start !== undefined && timestamp >= start + clock.maxMs) close(start + clock.maxMs, "time");

    members.push(...group);
    volume = volume.plus(volumeOf(group));

    const reached = clock.mode === "volume" ? volume : Rational.parse(String(members.length));
    if (reached.isAtLeast(Rational.parse(clock.size))) close(timestamp + 1, clock.mode);
    else if (members.length >= clock.maxTrades) close(timestamp + 1, "max_trades");
  }

  const start = members[0]?.timestamp;
  if (start !== undefined && watermark >= start + clock.maxMs) close(start + clock.maxMs, "time");
  return closed;
}

function byTimestamp(trades: readonly TradeRow[]): Map<number, TradeRow[]> {
  const groups = new Map<number, TradeRow[]>();
  for (const trade of trades) groups.set(trade.timestamp, [...(groups.get(trade.timestamp) ?? []), trade]);
  return groups;
}

function makeBucket(
  members: readonly TradeRow[],
  end: number,
  trigger: BucketRow["cut_trigger"],
  clock: NaiveClock,
  previous: BucketRow | undefined,
): NaiveBucket {
  const [first] = members;
  if (first === undefined) throw new RangeError("a bucket has at least one trade");
  const start = first.timestamp;
  const volume = volumeOf(members);
  const value = Rational.sum(
    members.map((trade) => Rational.parse(trade.price).times(Rational.parse(trade.quantity))),
  );
  return {
    exchange: first.exchange,
    market_type: first.market_type,
    symbol: first.symbol,
    bucket_id: (previous?.bucket_id ?? 0) + 1,
    bucket_ts_start: start,
    bucket_ts_end: end,
    prev_ts_end: Math.max(previous?.bucket_ts_end ?? start, start - clock.bookGapMs),
    available_at: Math.max(end, previous?.available_at ?? end, ...members.map((trade) => trade.available_at)),
    trades: members.length,
    vol: volume.toDecimal(),
    vwap: value.over(volume)?.toNumber() ?? null,
    cut_trigger: trigger,
    size: Rational.parse(clock.size).toDecimal(),
    members,
  };
}

function volumeOf(trades: readonly TradeRow[]): Rational {
  return Rational.sum(trades.map((trade) => Rational.parse(trade.quantity)));
}
