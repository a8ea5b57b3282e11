import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ClosedBucket, type CutterState, initialState, vwapOf } from "../../../src/clock/bucket.js";
import { type Cutter, createCutter } from "../../../src/clock/cutter.js";
import { formatLots } from "../../../src/clock/decimal.js";
import {
  clockArbitrary,
  finelySizedClockArbitrary,
  qualityClockArbitrary,
  tradesArbitrary,
} from "../../support/market.js";
import { type NaiveBucket, type NaiveClock, naiveBuckets } from "../../support/oracle/naive-cutter.js";
import type { TradeRow } from "../../support/oracle/rows.js";
import { cutterParams, groupedBatch, tradeBatch } from "../../support/trade-batches.js";

const tradesUpTo = (maxSteps: number) => tradesArbitrary({ maxSteps });
const clocks = fc.oneof(clockArbitrary, finelySizedClockArbitrary, qualityClockArbitrary);
/** How far the watermark is beyond the last trade at the end. */
const waits = fc.constantFrom(1, 2, 500, 60_000);
const cuts = fc.array(fc.nat({ max: 150 }), { maxLength: 12 });
const runs = { numRuns: 300 };

describe("the cutter", () => {
  it("equals the naive cutter", () => {
    fc.assert(
      fc.property(tradesUpTo(150), clocks, waits, (trades, clock, wait) => {
        expect(cut([tradeBatch(trades)], trades, clock, wait)).toEqual(expectedOf(trades, clock, wait));
      }),
      runs,
    );
  });

  it("does not care how the trades are split into batches, also within a timestamp", () => {
    fc.assert(
      fc.property(tradesUpTo(150), clocks, waits, cuts, (trades, clock, wait, places) => {
        const batches = split(trades, places).map(tradeBatch);
        expect(cut(batches, trades, clock, wait)).toEqual(expectedOf(trades, clock, wait));
      }),
      runs,
    );
  });

  it("takes groups with sums as it takes their trades, and both in turn", () => {
    fc.assert(
      fc.property(tradesUpTo(150), clocks, waits, cuts, (trades, clock, wait, places) => {
        const batches = split(trades, places).map((part, index) =>
          index % 2 === 0 ? groupedBatch(part) : tradeBatch(part),
        );
        expect(cut(batches, trades, clock, wait)).toEqual(expectedOf(trades, clock, wait));
      }),
      runs,
    );
  });

  it("goes on from a stored state with the trades at or after its watermark", () => {
    fc.assert(
      fc.property(tradesUpTo(150), clocks, waits, cuts, (trades, clock, wait, places) => {
        const buckets: ClosedBucket[] = [];
        let state: CutterState = initialState;
        for (const part of [...split(trades, places), []]) {
          const cutter = createCutter(cutterParams(clock), stored(state));
          const upTo = part.at(-1) ?? trades.at(-1);
          const again = trades.slice(0, upTo === undefined ? 0 : trades.indexOf(upTo) + 1);
          const from = state.watermark ?? Number.NEGATIVE_INFINITY;
          cutter.consume(tradeBatch(again.filter((trade) => trade.timestamp >= from)), (bucket) =>
            buckets.push(bucket),
          );
          if (part.length === 0) finish(cutter, trades, wait, buckets);
          state = cutter.state();
        }
        expect(buckets.map(rowForm)).toEqual(expectedOf(trades, clock, wait));
      }),
      runs,
    );
  });

  it("closes by the watermark alone what a later trade would close", () => {
    fc.assert(
      fc.property(tradesUpTo(80), clocks, waits, fc.nat({ max: 3_000 }), (trades, clock, wait, lag) => {
        const buckets: ClosedBucket[] = [];
        const cutter = createCutter(cutterParams(clock), initialState);
        for (const trade of trades) {
          cutter.advance(trade.timestamp - lag, (bucket) => buckets.push(bucket));
          cutter.consume(tradeBatch([trade]), (bucket) => buckets.push(bucket));
          cutter.advance(trade.timestamp, (bucket) => buckets.push(bucket));
        }
        finish(cutter, trades, wait, buckets);
        expect(buckets.map(rowForm)).toEqual(expectedOf(trades, clock, wait));
      }),
      runs,
    );
  });
});

type Row = Omit<NaiveBucket, "members" | "exchange" | "market_type" | "symbol" | "size">;

function cut(
  batches: readonly ReturnType<typeof tradeBatch>[],
  trades: readonly TradeRow[],
  clock: NaiveClock,
  wait: number,
): Row[] {
  const buckets: ClosedBucket[] = [];
  const cutter = createCutter(cutterParams(clock), initialState);
  for (const batch of batches) cutter.consume(batch, (bucket) => buckets.push(bucket));
  finish(cutter, trades, wait, buckets);
  return buckets.map(rowForm);
}

function finish(cutter: Cutter, trades: readonly TradeRow[], wait: number, buckets: ClosedBucket[]): void {
  cutter.advance(endOf(trades, wait), (bucket) => buckets.push(bucket));
}

function endOf(trades: readonly TradeRow[], wait: number): number {
  return (trades.at(-1)?.timestamp ?? 0) + wait;
}

function expectedOf(trades: readonly TradeRow[], clock: NaiveClock, wait: number): Row[] {
  return naiveBuckets(trades, clock, endOf(trades, wait)).map(
    ({ members: _, exchange: _e, market_type: _m, symbol: _s, size: _z, ...row }) => ({
      ...row,
      vwap: row.vwap === null ? null : expect.closeTo(row.vwap, 6),
    }),
  );
}

function rowForm(bucket: ClosedBucket): Row {
  return {
    bucket_id: bucket.id,
    bucket_ts_start: bucket.start,
    bucket_ts_end: bucket.end,
    prev_ts_end: bucket.prevEnd,
    available_at: bucket.availableAt,
    trades: bucket.trades,
    vol: formatLots(bucket.lots),
    vwap: vwapOf(bucket),
    cut_trigger: bucket.trigger,
  };
}

/** Parts of a list, in order, some of them perhaps empty. */
function split<Item>(items: readonly Item[], places: readonly number[]): Item[][] {
  const ends = [...places.map((place) => Math.min(place, items.length)), items.length].sort((a, b) => a - b);
  return ends.map((end, index) => items.slice(ends[index - 1] ?? 0, end)).filter((part) => part.length > 0);
}

/** Through text and back, as a table would hold it. */
function stored(state: CutterState): CutterState {
  const text = JSON.stringify(state, (_, value) => (typeof value === "bigint" ? `${value}n` : value));
  return JSON.parse(text, (_, value) =>
    typeof value === "string" && /^\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value,
  );
}
