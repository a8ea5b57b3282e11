import { describe, expect, it } from "vitest";
import { calibrate, ratioSize } from "../../../src/clock/calibrate.js";
import { formatLots, parseLots } from "../../../src/clock/decimal.js";
import { paceOf } from "../../../src/clock/pace.js";
import { closestSize, replaySizes } from "../../../src/clock/replay.js";
import { sizeGrid } from "../../../src/clock/size-grid.js";
import { sizeSchedule } from "../../../src/clock/size-schedule.js";
import type { TradeBatch } from "../../../src/clock/trade-batch.js";
import { isSharedFileMissing, readGolden } from "../../support/shared-files.js";
import { toWords } from "../../support/trade-batches.js";

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
        asked.grid.map((size) => parseLots(String(size))),
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

/** Numbers in [0, 1): mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Trades with waiting times and sizes of a heavy tail, whose rate wanders over the day by a factor of about three. */
function* simulatedDay(perSecond: number, hours: number, seed: number): Generator<TradeBatch> {
  const random = randomOf(seed);
  const end = hours * 3_600_000;
  let rows: { ts: number; lots: bigint }[] = [];
  let now = 0;
  while (true) {
    const rate = perSecond * (1 + 0.5 * Math.sin((2 * Math.PI * now) / (end / 3)));
    now += (-Math.log(1 - random()) / rate) * 1000;
    if (now >= end) break;
    rows.push({
      ts: Math.floor(now),
      lots: BigInt(Math.ceil(1e6 * Math.exp(3 * (random() + random() - 1)))),
    });
    if (rows.length < 20_000) continue;
    yield batchOf(rows);
    rows = [];
  }
  yield batchOf(rows);
}

describe("calibrated sizes", () => {
  // The faster the market, the shorter the day: two million trades would say no more than these.
  it.each([
    [0.05, 24],
    [0.2, 24],
    [1, 24],
    [10, 6],
    [100, 0.5],
    [500, 0.25],
  ])("make buckets of about 30 s at %d trades a second", async (perSecond, hours) => {
    const minutes = new Map<number, number>();
    for (const { timestamp, lots, length } of simulatedDay(perSecond, hours, 7)) {
      for (let row = 0; row < length; row++) {
        const minute = Math.floor(Number(timestamp[row]) / 60_000);
        minutes.set(minute, (minutes.get(minute) ?? 0) + Number(lots[row]));
      }
    }
    const until = hours * 3_600_000;
    const found = await calibrate({
      pace: paceOf([...minutes.values()], hours * 60),
      targetMs: 30_000,
      bounds: { min: 1n, max: undefined },
      params,
      until,
      batches: () => simulatedDay(perSecond, hours, 7),
    });
    expect(found?.chosen.p50).toBeGreaterThan(25);
    expect(found?.chosen.p50).toBeLessThan(35);
    expect(found?.chosen.p90).toBeLessThan(60);
  });

  it("stay within the bounds, and are none when nothing closes", async () => {
    const bounds = { min: 5n, max: 9n };
    const trades = [
      { ts: 0, lots: 3n },
      { ts: 40_000, lots: 3n },
      { ts: 90_000, lots: 3n },
    ];
    const request = { pace: paceOf([9], 2), targetMs: 30_000, bounds, params, until: 200_000 };
    const found = await calibrate({ ...request, current: 1n, batches: () => [batchOf(trades)] });
    expect(found?.chosen.size).toBeGreaterThanOrEqual(5n);
    expect(await calibrate({ ...request, batches: () => [] })).toBeUndefined();
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
