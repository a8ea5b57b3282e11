/**
 * Random markets for property tests, made from a list of small steps so that fast-check can shrink a failure to the few
 * that matter. They hold what recordings hold: ties in one millisecond, bursts, gaps, duplicates, rows out of order, late
 * rows, recorder clocks in front and behind, broken books, two instruments that trade at once.
 */
import fc from "fast-check";
import {
  marketInstruments,
  type Placed,
  playSteps,
  type RecordedBook,
  type RecordedTrade,
  type Step,
  stepArbitrary,
} from "./market-steps.js";
import type { NaiveClock } from "./oracle/naive-cutter.js";
import { instrumentKey } from "./oracle/rows.js";

/** One run of ingest, its rows in the order of its files. */
export type MarketCommand =
  | { readonly kind: "trades"; readonly rows: readonly RecordedTrade[] }
  | { readonly kind: "books"; readonly rows: readonly RecordedBook[] };

export interface Market {
  /** By instrument name, for the instruments that are cut. */
  readonly clocks: Readonly<Record<string, NaiveClock>>;
  readonly commands: readonly MarketCommand[];
}

/** Small limits, so that few trades meet all of them. */
export const clockArbitrary: fc.Arbitrary<NaiveClock> = fc.record({
  mode: fc.constantFrom("volume", "volume", "count"),
  size: fc.constantFrom("1", "2", "3", "5"),
  maxMs: fc.constantFrom(1, 500, 2_000, 60_000),
  maxTrades: fc.constantFrom(2, 7, 100_000),
  bookGapMs: fc.constantFrom(0, 300, 3_000, 120_000),
});

/** Clocks by a score, whose time cap follows the market or stands still. */
export const qualityClockArbitrary: fc.Arbitrary<NaiveClock> = fc
  .tuple(
    clockArbitrary,
    fc.record({
      targetMs: fc.constantFrom(1, 300, 1_999, 30_000),
      minTrades: fc.constantFrom(1, 3, 11),
      scorePercent: fc.constantFrom(80, 33, 100),
      capPercent: fc.constantFrom(100, 150, 300),
    }),
    fc.option(
      fc.record({
        factorPercent: fc.constantFrom(150, 33),
        minMs: fc.constantFrom(1, 400),
        maxMs: fc.constantFrom(400, 5_000),
        buckets: fc.constantFrom(1, 3, 20),
      }),
      { nil: undefined },
    ),
    fc.constantFrom("0.3", "1", "2.5", "7"),
  )
  .map(([clock, quality, adaptive, size]) => ({
    ...clock,
    mode: "quality",
    size,
    quality,
    ...(adaptive === undefined ? {} : { adaptive }),
  }));

/** A volume size that binary floats would get wrong: 0.1 + 0.2 reaches 0.3. */
export const finelySizedClockArbitrary: fc.Arbitrary<NaiveClock> = fc
  .tuple(clockArbitrary, fc.constantFrom("0.3", "0.8", "1.1"))
  .map(([clock, size]) => ({ ...clock, mode: "volume", size }));

export interface MarketLimits {
  /** At most so many steps, and below 1000; a step is one row, or one of each instrument. */
  readonly maxSteps: number;
}

/** Not `fc.double`, which prefers numbers next to zero: no cut would fall inside of the rows. */
const share = fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000);

/** A market whose rows are split over commands at random; trades and books of the same minutes come in any order. */
export function marketArbitrary(limits: MarketLimits): fc.Arbitrary<Market> {
  return fc
    .record({
      steps: fc.array(stepArbitrary, { minLength: 1, maxLength: limits.maxSteps, size: "max" }),
      clock: fc.oneof(clockArbitrary, finelySizedClockArbitrary),
      tradeCuts: fc.array(share, { maxLength: 4 }),
      bookCuts: fc.array(share, { maxLength: 3 }),
      booksFirst: fc.array(fc.boolean(), { minLength: 10, maxLength: 10 }),
    })
    .map(({ steps, clock, tradeCuts, bookCuts, booksFirst }) => {
      const { trades, books } = playSteps(steps);
      const tradeCommands = alterCopies(splitAt(inFileOrder(trades), tradeCuts)).map(
        (rows) => ({ kind: "trades", rows }) as const,
      );
      const bookCommands = splitAt(inFileOrder(books), bookCuts).map(
        (rows) => ({ kind: "books", rows }) as const,
      );
      return {
        clocks: Object.fromEntries(marketInstruments.map((instrument) => [instrumentKey(instrument), clock])),
        commands: interleave(tradeCommands, bookCommands, booksFirst),
      };
    });
}

/** The trades of one instrument in order of time, without duplicates: what the cutter alone is fed with. */
export function tradesArbitrary(limits: MarketLimits): fc.Arbitrary<RecordedTrade[]> {
  return fc.array(stepArbitrary, { minLength: 1, maxLength: limits.maxSteps, size: "max" }).map((steps) => {
    const plain = steps.map((step): Step => ({ ...step, who: "first", what: "trade", delay: 0, again: 0 }));
    return playSteps(plain).trades.map(({ row }) => row);
  });
}

/** Rows as they stand in the files: delayed ones further down, copies of duplicates below their original. */
function inFileOrder<Row>(placed: readonly Placed<Row>[]): Row[] {
  const ranked = placed.flatMap(({ row, delay, again }, index) => [
    { row, rank: index + delay },
    ...(again === 0 ? [] : [{ row, rank: index + delay + again }]),
  ]);
  return ranked.sort((a, b) => a.rank - b.rank).map(({ row }) => row);
}

function splitAt<Row>(rows: readonly Row[], cuts: readonly number[]): Row[][] {
  const places = [...cuts.map((cut) => Math.round(cut * rows.length)), rows.length].sort((a, b) => a - b);
  return places
    .map((place, index) => rows.slice(places[index - 1] ?? 0, place))
    .filter((part) => part.length > 0);
}

function interleave(
  trades: readonly MarketCommand[],
  books: readonly MarketCommand[],
  booksFirst: readonly boolean[],
): MarketCommand[] {
  const waiting = { trades: [...trades], books: [...books] };
  return Array.from({ length: trades.length + books.length }, (_, index) => {
    const first = booksFirst[index] === true ? waiting.books : waiting.trades;
    const second = first === waiting.books ? waiting.trades : waiting.books;
    return first.shift() ?? second.shift();
  }).flatMap((command) => (command === undefined ? [] : [command]));
}

/** Every second id that an earlier command held comes back with another quantity: the first stored must stay. */
function alterCopies(commands: readonly (readonly RecordedTrade[])[]): RecordedTrade[][] {
  return commands.map((rows, index) => {
    const earlier = new Set(commands.slice(0, index).flatMap((before) => before.map(identityOf)));
    return rows.map((row) =>
      row.trade_seq % 2 === 1 && earlier.has(identityOf(row)) ? { ...row, quantity: "0.9" } : row,
    );
  });
}

function identityOf(trade: RecordedTrade): string {
  return `${instrumentKey(trade)} ${trade.trade_id}`;
}
