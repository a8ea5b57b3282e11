/** What random markets are made of: small steps that fast-check can shrink, and the rows that they become. */
import fc from "fast-check";
import type { BookRow, InstrumentColumns, TradeRow } from "./oracle/rows.js";

/** Recorded microseconds beside the milliseconds that are stored: what a recorder's file would hold. */
export interface Recorded {
  readonly timestamp_us: number;
  readonly local_us: number;
}

export type RecordedTrade = TradeRow & Recorded;
export type RecordedBook = BookRow & Recorded;

export const marketInstruments: readonly [InstrumentColumns, InstrumentColumns] = [
  { exchange: "binance", market_type: "spot", symbol: "BTCUSDT" },
  { exchange: "binance", market_type: "linear", symbol: "ETHUSDT" },
];

const began = 1_723_161_255_000;
const tick = 0.01;

export interface Step {
  readonly gapUs: number;
  readonly who: "first" | "second" | "both";
  readonly what: "trade" | "book";
  readonly ticks: number;
  readonly quantity: string;
  readonly side: "buy" | "sell";
  readonly book: "normal" | "crossed" | "locked" | "no_bid" | "no_ask" | "empty" | "short";
  /** Recorder's clock minus the venue's, in microseconds. */
  readonly lagUs: number;
  /** Places later than its time at which the row stands in the files. */
  readonly delay: number;
  /** Places later at which the row comes again; 0: it does not. */
  readonly again: number;
}

export const stepArbitrary: fc.Arbitrary<Step> = fc.record({
  gapUs: fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 3, arbitrary: fc.integer({ min: 0, max: 2_000 }) },
    { weight: 6, arbitrary: fc.integer({ min: 1_000, max: 400_000 }) },
    { weight: 1, arbitrary: fc.constantFrom(1_999_000, 2_000_000, 2_001_000) },
    { weight: 1, arbitrary: fc.integer({ min: 1_000_000, max: 9_000_000 }) },
  ),
  who: fc.constantFrom("first", "first", "second", "both"),
  what: fc.constantFrom("trade", "trade", "book"),
  ticks: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: -5, max: 5 }) },
    { weight: 1, arbitrary: fc.integer({ min: -500, max: 500 }) },
  ),
  quantity: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom("0.1", "0.2", "0.3", "0.7", "1") },
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 200_000_000 }).map((lots) => decimal(lots)) },
    { weight: 1, arbitrary: fc.constantFrom("0.00000001", "12345678901.12345678", "25") },
  ),
  side: fc.constantFrom("buy", "sell"),
  book: fc.constantFrom(
    "normal",
    "normal",
    "normal",
    "crossed",
    "locked",
    "no_bid",
    "no_ask",
    "empty",
    "short",
  ),
  lagUs: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 5_000 }) },
    { weight: 2, arbitrary: fc.integer({ min: -1_500_000, max: 0 }) },
    { weight: 1, arbitrary: fc.integer({ min: 100_000, max: 4_000_000 }) },
  ),
  delay: fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 12 }) },
  ),
  again: fc.oneof(
    { weight: 9, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 15 }) },
  ),
});

/** A row and where it stands in its file, relative to its time. */
export interface Placed<Row> {
  readonly row: Row;
  readonly delay: number;
  readonly again: number;
}

export function playSteps(steps: readonly Step[]): {
  trades: Placed<RecordedTrade>[];
  books: Placed<RecordedBook>[];
} {
  const trades: Placed<RecordedTrade>[] = [];
  const books: Placed<RecordedBook>[] = [];
  const mids = [6_000_000, 250_000];
  let nowUs = began * 1000;
  for (const [index, step] of steps.entries()) {
    nowUs += step.gapUs;
    for (const [place, instrument] of marketInstruments.entries()) {
      if (step.who !== "both" && step.who !== (place === 0 ? "first" : "second")) continue;
      const mid = Math.max(1000, (mids[place] ?? 0) + step.ticks);
      mids[place] = mid;
      // No two rows share a recorder's time: it is what orders the snapshots of one millisecond.
      const localUs = Math.floor((nowUs + step.lagUs) / 1000) * 1000 + (index % 1000);
      const recorded = { ...instrument, ...times(nowUs, localUs) };
      const { delay, again } = step;
      if (step.what === "trade")
        trades.push({ row: { ...recorded, ...trade(step, index, mid) }, delay, again });
      else books.push({ row: { ...recorded, ...book(step, mid), book_seq: localUs }, delay, again });
    }
  }
  return { trades, books };
}

function times(timestamp_us: number, local_us: number) {
  const timestamp = Math.floor(timestamp_us / 1000);
  return { timestamp_us, local_us, timestamp, available_at: Math.max(timestamp, Math.ceil(local_us / 1000)) };
}

function trade(step: Step, index: number, mid: number) {
  // Ids of eight to eleven digits: as text they sort unlike as numbers.
  const id = 99_999_990 + index;
  return {
    trade_seq: id,
    trade_id: String(id),
    price: price(mid + (step.side === "buy" ? 1 : -1)),
    quantity: step.quantity,
    side: step.side,
  };
}

function book(step: Step, mid: number) {
  const halfSpread = { crossed: -2, locked: 0 }[step.book as string] ?? 1;
  const levels = step.book === "short" ? 1 : 3;
  const ladder = (direction: 1 | -1, isMissing: boolean) =>
    isMissing || step.book === "empty"
      ? []
      : Array.from({ length: levels }, (_, level) => price(mid + direction * (halfSpread + level)));
  const bid_px = ladder(-1, step.book === "no_bid");
  const ask_px = ladder(1, step.book === "no_ask");
  return {
    bid_px,
    bid_qty: bid_px.map((_, level) => decimal(100_000_000 * (level + 1) + Math.abs(step.ticks))),
    ask_px,
    ask_qty: ask_px.map((_, level) => decimal(70_000_000 * (level + 1))),
  };
}

function price(ticks: number): string {
  return (ticks * tick).toFixed(2);
}

function decimal(lots: number): string {
  return (lots / 1e8).toFixed(8);
}
