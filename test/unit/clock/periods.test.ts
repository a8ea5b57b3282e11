import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ClosedBucket } from "../../../src/clock/bucket.js";
import { closePeriods, idlePeriods, type PeriodState, type PeriodSums } from "../../../src/clock/periods.js";

const params = { lengthMs: 1000, bookGapMs: 2500 };
const start: PeriodState = { lastId: 0, lastEnd: null, lastAvailableAt: null, activeEnd: null };

function sums(...periods: readonly number[]): PeriodSums[] {
  return periods.map((period) => ({
    start: period * 1000,
    trades: 1,
    lots: 5n,
    notional: 10n,
    availableAt: period * 1000 + 40,
  }));
}

const bounds = (buckets: readonly ClosedBucket[]) =>
  buckets.map(({ id, start: from, end, prevEnd, trades }) => [id, from, end, prevEnd, trades]);

describe("wall-clock periods", () => {
  it("close when the watermark reaches their end, with and without trades", () => {
    expect(bounds(closePeriods(sums(5, 7), start, params, 7999))).toEqual([
      [1, 5000, 6000, 5000, 1],
      [2, 6000, 7000, 6000, 0],
    ]);
    expect(bounds(closePeriods(sums(5, 7), start, params, 9000))).toEqual([
      [1, 5000, 6000, 5000, 1],
      [2, 6000, 7000, 6000, 0],
      [3, 7000, 8000, 7000, 1],
      [4, 8000, 9000, 8000, 0],
    ]);
    expect(closePeriods([], start, params, 9000)).toEqual([]);
  });

  it("end a while after the last trade, and go on with the next one", () => {
    const closed = bounds(closePeriods(sums(0, 100), start, params, 101_000));
    expect(closed.length).toBe(1 + idlePeriods + 1);
    expect(closed.at(-2)).toEqual([
      1 + idlePeriods,
      idlePeriods * 1000,
      (idlePeriods + 1) * 1000,
      idlePeriods * 1000,
      0,
    ]);
    // Books of the silence before it are its own, as far as the gap.
    expect(closed.at(-1)).toEqual([2 + idlePeriods, 100_000, 101_000, 97_500, 1]);
  });

  it("are never known before their trades, nor before the period before them", () => {
    const late = sums(0, 1).map((one, index) => (index === 0 ? { ...one, availableAt: 2600 } : one));
    expect(closePeriods(late, start, params, 3000).map(({ availableAt }) => availableAt)).toEqual([
      2600, 2600, 3000,
    ]);
  });

  it("are the same however often the work is interrupted", () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(gaps, fc.array(fc.nat(200_000), { maxLength: 6 }), (steps, stops) => {
        let at = 0;
        const all = sums(...steps.map((step) => (at += step)));
        const end = (at + 70) * 1000;
        const whole = closePeriods(all, start, params, end);
        const parts: ClosedBucket[] = [];
        let state = start;
        for (const stop of [...stops.sort((a, b) => a - b), end]) {
          const seen = all.filter((one) => one.start >= (state.lastEnd ?? 0) && one.start < stop);
          const closed = closePeriods(seen, state, params, stop);
          parts.push(...closed);
          const last = closed.at(-1);
          const active = closed.filter(({ trades }) => trades > 0).at(-1);
          if (last === undefined) continue;
          state = {
            lastId: last.id,
            lastEnd: last.end,
            lastAvailableAt: last.availableAt,
            activeEnd: active?.end ?? state.activeEnd,
          };
        }
        expect(parts).toEqual(whole);
      }),
    );
  });
});
