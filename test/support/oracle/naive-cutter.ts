import { Rational } from "./rational.js";
import { type BucketRow, inTradeOrder, type TradeRow } from "./rows.js";

export interface NaiveClock {
  readonly mode: "volume" | "count" | "event" | "quality";
  /** Base units in modes `volume` and `quality`, trades in mode `count`, rows in mode `event`; decimal text. */
  readonly size: string;
  readonly maxMs: number;
  readonly maxTrades: number;
  readonly bookGapMs: number;
  readonly quality?: {
    readonly targetMs: number;
    readonly minTrades: number;
    readonly scorePercent: number;
    readonly capPercent: number;
  };
  readonly adaptive?: {
    readonly factorPercent: number;
    readonly minMs: number;
    readonly maxMs: number;
    readonly buckets: number;
  };
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
  let maxMs = clock.maxMs;
  const close = (end: number, trigger: BucketRow["cut_trigger"]) => {
    closed.push(makeBucket(members, end, trigger, clock, closed.at(-1)));
    members = [];
    volume = Rational.zero;
  };

  const consumed = inTradeOrder(trades).filter((trade) => trade.timestamp < watermark);
  for (const [timestamp, group] of byTimestamp(consumed)) {
    const start = members[0]?.timestamp;
    if (start !== undefined && timestamp >= start + maxMs) close(start + maxMs, "time");

    if (members.length === 0) maxMs = longestOf(clock, closed);
    members.push(...group);
    volume = volume.plus(volumeOf(group));

    const trigger = triggerOf(clock, members, volume, timestamp);
    if (trigger !== undefined) close(timestamp + 1, trigger);
    else if (members.length >= clock.maxTrades) close(timestamp + 1, "max_trades");
  }

  const start = members[0]?.timestamp;
  if (start !== undefined && watermark >= start + maxMs) close(start + maxMs, "time");
  return closed;
}

/** docs/spec-language.md: score = min(volume / size, elapsed / target, trades / min_trades), and a hard cap of volume. */
function triggerOf(
  clock: NaiveClock,
  members: readonly TradeRow[],
  volume: Rational,
  timestamp: number,
): BucketRow["cut_trigger"] | undefined {
  const size = Rational.parse(clock.size);
  const count = Rational.parse(String(members.length));
  const { mode, quality } = clock;
  if (mode === "volume") return volume.isAtLeast(size) ? mode : undefined;
  if (mode !== "quality" || quality === undefined) return count.isAtLeast(size) ? mode : undefined;
  const whole = (value: number) => Rational.parse(String(value));
  const percent = (value: number) => whole(value).over(whole(100)) ?? Rational.zero;
  const elapsed = whole(timestamp - (members[0]?.timestamp ?? timestamp));
  const parts = [
    volume.over(size),
    elapsed.over(whole(quality.targetMs)),
    count.over(whole(quality.minTrades)),
  ];
  if (parts.every((part) => part?.isAtLeast(percent(quality.scorePercent)))) return "quality";
  return volume.isAtLeast(size.times(percent(quality.capPercent))) ? "volume" : undefined;
}

/** clip(factor * size / pace, min, max), the pace over the last closed buckets from the first one's start to the last one's end. */
function longestOf({ adaptive, maxMs, size }: NaiveClock, closed: readonly BucketRow[]): number {
  const past = adaptive === undefined ? [] : closed.slice(-adaptive.buckets);
  const [first, last] = [past[0], past.at(-1)];
  if (adaptive === undefined || first === undefined || last === undefined) return maxMs;
  const volume = Rational.sum(past.map(({ vol }) => Rational.parse(vol)));
  const span = Rational.parse(String(last.bucket_ts_end - first.bucket_ts_start));
  const factor = Rational.parse(String(adaptive.factorPercent)).over(Rational.parse("100"));
  const wished = factor?.times(Rational.parse(size)).times(span).over(volume) ?? undefined;
  if (wished === undefined) return maxMs;
  const whole = Number(wished.numerator / wished.denominator);
  return Math.min(Math.max(whole, adaptive.minMs), adaptive.maxMs);
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
