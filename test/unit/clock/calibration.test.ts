import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ClosedBucket, initialState } from "../../../src/clock/bucket.js";
import { calibrate, ratioSize } from "../../../src/clock/calibrate.js";
import { closestSize, nearestSize, steadySize } from "../../../src/clock/choose-size.js";
import { createCutter } from "../../../src/clock/cutter.js";
import { formatLots, parseLots } from "../../../src/clock/decimal.js";
import { paceOf } from "../../../src/clock/pace.js";
import { quantile } from "../../../src/clock/quantile.js";
import { type ReplayedSize, replaySizes } from "../../../src/clock/replay.js";
import { sizeGrid } from "../../../src/clock/size-grid.js";
import { sizeSchedule } from "../../../src/clock/size-schedule.js";
import type { TradeBatch } from "../../../src/clock/trade-batch.js";
import { tradesArbitrary } from "../../support/market.js";
import { isSharedFileMissing, readGolden } from "../../support/shared-files.js";
import { dayMs, simulatedDay } from "../../support/simulated-day.js";
import { groupedBatch, toWords, tradeBatch } from "../../support/trade-batches.js";

const params = { mode: "volume", maxMs: 60_000, maxTrades: 100_000, bookGapMs: 120_000 } as const;

function batchOf(trades: readonly { readonly ts: number; readonly lots: bigint }[]): TradeBatch {
  return {
    length: trades.length,
    timestamp: Float64Array.from(trades, ({ ts }) => ts),
    lots: toWords(
      trades.map(({ lots }) => lots),
      1,
    ),
    notional: toWords(
      trades.map(({ lots }) => lots),
      1,
    ),
    availableAt: Float64Array.from(trades, ({ ts }) => ts),
  };
}

interface Golden {
  readonly inputs: Readonly<Record<string, readonly { readonly ts: number; readonly qty: string }[]>>;
  readonly params: Readonly<
    Record<
      string,
      {
        t0: number;
        t1: number;
        t_target_s: number;
        q_min: number;
        q_max: number;
        grid: number[];
        t_max_ms: number;
      }
    >
  >;
  readonly expected: Readonly<
    Record<
      string,
      {
        vps_p50_all_minutes: number;
        q_ratio: number;
        q_replay: number;
        replay: { q: number; n: number; p50_s: number; p90_s: number; time_cut_share: number }[];
      }
    >
  >;
}

describe.skipIf(isSharedFileMissing("golden/q_bucket_calibration.json"))(
  "golden case q_bucket_calibration",
  () => {
    const golden = readGolden<Golden>("q_bucket_calibration");
    it.each(Object.keys(golden.expected))("%s, by the ratio rule and by replay", (name) => {
      const [trades = [], asked, expected] = [
        golden.inputs[name],
        golden.params[name],
        golden.expected[name],
      ];
      if (asked === undefined || expected === undefined) throw new Error(`no case ${name}`);
      const rows = trades.map(({ ts, qty }) => ({ ts, lots: parseLots(qty) }));
      const minutes = new Map<number, bigint>();
      for (const { ts, lots } of rows) {
        const minute = Math.floor((ts - asked.t0) / 60_000);
        minutes.set(minute, (minutes.get(minute) ?? 0n) + lots);
      }
      const pace = paceOf([...minutes.values()].map(Number), (asked.t1 - asked.t0) / 60_000);
      expect(pace.p50 / 1e8).toBeCloseTo(expected.vps_p50_all_minutes, 9);
      const bounds = { min: parseLots(String(asked.q_min)), max: parseLots(String(asked.q_max)) };
      const ratio = ratioSize(pace, asked.t_target_s * 1000, bounds);
      expect(Number(formatLots(ratio))).toBeCloseTo(expected.q_ratio, 8);

      const replay = replaySizes(
        { ...params, maxMs: asked.t_max_ms },
        asked.grid.map((size) => ({ size: parseLots(String(size)), maxMs: asked.t_max_ms })),
      );
      replay.consume(batchOf(rows));
      const replayed = replay.finish(asked.t1);
      expect(
        replayed.map(({ size, buckets, p50, p90, timeShare }) => [
          Number(formatLots(size)),
          buckets,
          p50,
          p90,
          timeShare,
        ]),
      ).toEqual(
        expected.replay.map(({ q, n, p50_s, p90_s, time_cut_share }) => [
          q,
          n,
          expect.closeTo(p50_s, 9),
          expect.closeTo(p90_s, 9),
          expect.closeTo(time_cut_share, 12),
        ]),
      );
      const chosen = closestSize(replayed, asked.t_target_s);
      expect(chosen === undefined ? undefined : Number(formatLots(chosen.size))).toBe(expected.q_replay);
    });
  },
);

describe("calibrated sizes", () => {
  // Up to 500 trades a second, and seven days: bench/calibration.ts. It is the slow ones that are hard.
  it.each([0.05, 0.2, 2])(
    "make buckets of about 30 s at %d trades a second, also on the day that follows",
    async (perSecond) => {
      const lookBack = 3;
      const day = (index: number) => simulatedDay({ perSecond, day: index, seed: 1 });
      const batches = function* () {
        for (let index = 0; index < lookBack; index++) yield* day(index);
      };
      const minutes = new Map<number, number>();
      for (const { timestamp, lots, length } of batches()) {
        for (let row = 0; row < length; row++) {
          const minute = Math.floor(Number(timestamp[row]) / 60_000);
          minutes.set(minute, (minutes.get(minute) ?? 0) + Number(lots[row]));
        }
      }
      const found = await calibrate({
        pace: paceOf([...minutes.values()], lookBack * 1440),
        targetMs: 30_000,
        bounds: { min: 1n, max: undefined },
        params,
        until: lookBack * dayMs,
        batches,
      });
      if (found === undefined) throw new Error("no size");
      const next = replaySizes(params, [found.chosen]);
      for (const batch of day(lookBack)) next.consume(batch);
      for (const { p50, p90 } of [found.chosen, ...next.finish((lookBack + 1) * dayMs)]) {
        expect(p50).toBeGreaterThan(25);
        expect(p50).toBeLessThan(35);
        expect(p90).toBeLessThan(60);
      }
    },
  );

  it("stay within the bounds, and are none when nothing closes", async () => {
    const bounds = { min: 5n, max: 9n };
    const trades = [
      { ts: 0, lots: 3n },
      { ts: 40_000, lots: 3n },
      { ts: 90_000, lots: 3n },
    ];
    const request = { pace: paceOf([9], 2), targetMs: 30_000, bounds, params, until: 200_000 };
    const found = await calibrate({
      ...request,
      current: { size: 1n, maxMs: 60_000 },
      batches: () => [batchOf(trades)],
    });
    expect(found?.chosen.size).toBeGreaterThanOrEqual(5n);
    expect(await calibrate({ ...request, batches: () => [] })).toBeUndefined();
  });
});

describe("a replay", () => {
  const limits = fc.array(
    fc.record({ size: fc.bigInt(1n, 10n ** 12n), maxMs: fc.integer({ min: 1, max: 90_000 }) }),
    {
      minLength: 1,
      maxLength: 4,
    },
  );
  const asked = fc.record({
    trades: tradesArbitrary({ maxSteps: 120 }),
    mode: fc.constantFrom("volume", "count"),
    maxTrades: fc.integer({ min: 1, max: 200 }),
    limits,
    parts: fc.integer({ min: 1, max: 9 }),
    // Quantities that no plain number holds, beside those that are exact as such.
    factor: fc.constantFrom(1n, 2n ** 40n, 2n ** 90n),
    wait: fc.constantFrom(1, 60_000),
  });

  it("by leaps closes where the cutter closes", () => {
    fc.assert(
      fc.property(asked, ({ trades, mode, maxTrades, limits, parts, factor, wait }) => {
        const clock = { ...params, mode, maxTrades };
        const sized = limits.map(({ size, maxMs }) => ({
          size: mode === "count" ? (size % 50n) + 1n : size * factor,
          maxMs,
        }));
        const each = Math.ceil(trades.length / parts);
        const batches = Array.from({ length: parts }, (_, part) => {
          const rows = trades.slice(part * each, (part + 1) * each);
          const batch = (part % 2 === 0 ? tradeBatch : groupedBatch)(rows);
          return {
            ...batch,
            lots: toWords(
              rowLots(batch).map((lots) => lots * factor),
              4,
            ),
          };
        });
        const until = (trades.at(-1)?.timestamp ?? 0) + wait;
        const replay = replaySizes(clock, sized);
        for (const batch of batches) replay.consume(batch);
        const expected = sized.map((limit) => {
          const buckets: ClosedBucket[] = [];
          const cutter = createCutter({ ...clock, limitsAt: () => limit }, initialState);
          for (const batch of batches) cutter.consume(batch, (bucket) => buckets.push(bucket));
          cutter.advance(until, (bucket) => buckets.push(bucket));
          const seconds = buckets
            .map(({ start, end, trigger }) => (end - start - (trigger === "time" ? 0 : 1)) / 1000)
            .sort((a, b) => a - b);
          const byTime = buckets.filter(({ trigger }) => trigger === "time").length;
          return {
            ...limit,
            buckets: buckets.length,
            p50: quantile(seconds, 0.5),
            p90: quantile(seconds, 0.9),
            timeShare: buckets.length === 0 ? null : byTime / buckets.length,
          };
        });
        expect(replay.finish(until)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it("refuses trades that go back in time", () => {
    const replay = replaySizes(params, [{ size: 1n, maxMs: 1000 }]);
    replay.consume(batchOf([{ ts: 5, lots: 1n }]));
    expect(() => replay.consume(batchOf([{ ts: 4, lots: 1n }]))).toThrow(
      "a trade at 4 ms follows one at 5 ms",
    );
  });
});

/** Low word first. */
function rowLots({ length, lots }: TradeBatch): bigint[] {
  const words = lots.length / Math.max(length, 1);
  return Array.from({ length }, (_, row) => {
    let value = 0n;
    for (let word = words - 1; word >= 0; word--) {
      value = (value << 64n) + BigInt.asUintN(64, lots[row * words + word] ?? 0n);
    }
    return value;
  });
}

describe("choosing a size", () => {
  const aim = { targetS: 30, longestS: 60 };
  const any = () => true;
  const of = (size: number, p50: number, maxMs = 60_000, p90 = 50): ReplayedSize => ({
    size: BigInt(size),
    maxMs,
    buckets: 9,
    p50,
    p90,
    timeShare: 0,
  });

  it("prefers the longest cap with a size whose neighbours meet the aim, too", () => {
    const jumping = [of(90, 1), of(100, 30), of(110, 60)];
    const steady = [of(90, 27, 45_000), of(100, 31, 45_000), of(110, 34, 45_000)];
    expect(steadySize([jumping, steady], aim, any)).toBe(steady[1]);
    expect(steadySize([jumping], aim, any)).toBeUndefined();
    expect(steadySize([jumping, steady], aim, ({ size }) => size > 100n)).toBe(steady[2]);
  });

  it("else takes what meets the aim on the look-back alone, else the closest median", () => {
    const long = [of(100, 31, 60_000, 60), of(120, 40)];
    const short = [of(100, 29, 45_000, 45), of(120, 36, 45_000, 45)];
    expect(nearestSize([long, short], aim, any)).toBe(short[0]);
    expect(nearestSize([long, short], aim, ({ size }) => size > 100n)).toBe(short[1]);
    expect(nearestSize([[]], aim, any)).toBeUndefined();
  });
});

describe("sizeGrid", () => {
  it("spans the estimates without repeating a size, and is the bounds without any", () => {
    const grid = sizeGrid([100n, 0n], { min: 1n, max: 400n });
    expect([...new Set(grid)]).toEqual(grid);
    expect(grid[0]).toBeLessThan(20n);
    expect(grid.at(-1)).toBe(400n);
    expect(sizeGrid([0n], { min: 2n, max: 3n })).toEqual([2n, 3n]);
  });
});

describe("sizeSchedule", () => {
  const row = (session: string, size: bigint, validFrom: number, validTo: number) => ({
    session,
    size,
    validFrom,
    validTo,
  });
  const rows = [
    row("all", 10n, 100, 200),
    row("all", 11n, 150, 300),
    row("asia", 20n, 100, 160),
    row("all", 12n, 500, 600),
  ];
  const at = sizeSchedule(rows, 7n, (start) => (start % 2 === 0 ? "asia" : "us"));

  it.each([
    [99, 7n, "before any row: the default"],
    [101, 10n, "the valid row of all sessions"],
    [102, 20n, "the valid row of its own session"],
    [151, 11n, "of two valid rows the one that began last"],
    [161, 11n, "valid for all before expired"],
    [162, 11n, "valid for all before expired for its session"],
    [400, 20n, "nothing valid: the last of its own session"],
    [401, 11n, "nothing valid: the last of all sessions"],
    [501, 12n, "valid again"],
  ])("at %d is %d: %s", (start, size) => {
    expect(at(start)?.size).toBe(size);
  });

  it("has none without rows and default, and never loses one", () => {
    expect(sizeSchedule([], undefined, () => "")(5)).toBeUndefined();
    const onlyAsia = sizeSchedule([row("asia", 1n, 10, 20)], undefined, (start) =>
      start < 15 ? "asia" : "us",
    );
    expect([9, 12, 18, 99].map((start) => onlyAsia(start)?.size)).toEqual([undefined, 1n, 1n, 1n]);
  });
});
