import { describe, expect, it } from "vitest";
import { type ClosedBucket, type CutterState, initialState } from "../../../src/clock/bucket.js";
import { type Cutter, type CutterParams, createCutter } from "../../../src/clock/cutter.js";
import { parseLots } from "../../../src/clock/decimal.js";
import type { TradeBatch } from "../../../src/clock/trade-batch.js";
import { toWords } from "../../support/trade-batches.js";

type OneSize = Omit<CutterParams, "limitsAt"> & { readonly size: bigint };

const volumeClock: OneSize = {
  mode: "volume",
  size: parseLots("10"),
  maxMs: 60_000,
  maxTrades: 1000,
  bookGapMs: 120_000,
};

/** [timestamp, quantity, available_at] a trade; the price is 2. */
function batch(...trades: readonly (readonly [number, string, number?])[]): TradeBatch {
  const lots = trades.map(([, quantity]) => parseLots(quantity));
  return {
    length: trades.length,
    timestamp: Float64Array.from(trades, ([timestamp]) => timestamp),
    lots: toWords(lots, 2),
    notional: toWords(
      lots.map((lot) => lot * parseLots("2")),
      4,
    ),
    availableAt: Float64Array.from(trades, ([timestamp, , known = timestamp]) => known),
  };
}

function cutterOf({ size, ...params }: OneSize, state: CutterState): Cutter {
  return createCutter({ ...params, limitsAt: () => ({ size }) }, state);
}

function cut(params: OneSize, batches: readonly TradeBatch[], watermark: number): ClosedBucket[] {
  const buckets: ClosedBucket[] = [];
  const cutter = cutterOf(params, initialState);
  for (const part of batches) cutter.consume(part, (bucket) => buckets.push(bucket));
  cutter.advance(watermark, (bucket) => buckets.push(bucket));
  return buckets;
}

describe("exactness", () => {
  it("closes at 0.3 after 0.1 and 0.2, which binary floats do not reach one by one", () => {
    const params = { ...volumeClock, size: parseLots("0.3") };
    const [bucket] = cut(params, [batch([1000, "0.1"], [1001, "0.2"], [1002, "5"])], 1003);
    expect(bucket).toMatchObject({ end: 1002, trades: 2, lots: 30_000_000n, trigger: "volume" });
  });

  it("tells one lot below the size from the size, far beyond 2^64", () => {
    const size = parseLots("900000000000000000000000000000");
    const params = { ...volumeClock, size };
    const almost = batch([1000, "899999999999999999999999999999.99999999"]);
    expect(cut(params, [almost], 2000)).toEqual([]);
    const [bucket] = cut(params, [almost, batch([1000, "0.00000001"])], 2000);
    expect(bucket).toMatchObject({ end: 1001, trades: 2, lots: size, notional: size * parseLots("2") });
  });

  it("takes one-word columns, signed and not", () => {
    const one = (lots: BigInt64Array | BigUint64Array): TradeBatch => ({ ...batch([1000, "1"]), lots });
    const params = { ...volumeClock, size: 1n };
    const largest = 2n ** 64n - 1n;
    expect(cut(params, [one(new BigUint64Array([largest]))], 2000)).toMatchObject([{ lots: largest }]);
    expect(cut(params, [one(new BigInt64Array([7n]))], 2000)).toMatchObject([{ lots: 7n }]);
  });

  it("takes times before 1970 and columns that are views into a larger buffer", () => {
    const words = new BigInt64Array([9n, -5n, 9n]);
    const part: TradeBatch = {
      ...batch([0, "10"]),
      timestamp: words.subarray(1, 2),
      availableAt: words.subarray(1, 2),
    };
    expect(cut(volumeClock, [part], 2000)).toMatchObject([{ start: -5, end: -4, availableAt: -4 }]);
  });
});

describe("when a bucket is known", () => {
  it("is at its end, at its last trade's, or at the previous bucket's time, whichever is latest", () => {
    const trades = batch([1000, "10", 1500], [1100, "10", 1100], [2000, "10", 2000]);
    expect(cut(volumeClock, [trades], 3000).map((bucket) => bucket.availableAt)).toEqual([1500, 1500, 2001]);
  });
});

describe("bounds", () => {
  it("starts the streams at the previous bucket's end, but never beyond the gap", () => {
    const params = { ...volumeClock, bookGapMs: 500 };
    const trades = batch([1000, "10"], [1400, "10"], [9000, "10"]);
    expect(cut(params, [trades], 9001).map((bucket) => bucket.prevEnd)).toEqual([1000, 1001, 8500]);
  });

  it("closes by time at start + maxMs, as soon as the watermark is there", () => {
    expect(cut(volumeClock, [batch([1000, "1"])], 60_999)).toEqual([]);
    expect(cut(volumeClock, [batch([1000, "1"])], 61_000)).toMatchObject([{ end: 61_000, trigger: "time" }]);
    const [first] = cut(volumeClock, [batch([1000, "1"], [61_000, "1"])], 61_000);
    expect(first).toMatchObject({ end: 61_000, trades: 1, trigger: "time" });
  });

  it("closes at max_trades after a whole timestamp, unless the size is reached too", () => {
    const params = { ...volumeClock, maxTrades: 2 };
    const trades = batch([1000, "1"], [1001, "1"], [1001, "1"], [1002, "5"], [1003, "5"]);
    expect(cut(params, [trades], 1004)).toMatchObject([
      { end: 1002, trades: 3, trigger: "max_trades" },
      { end: 1004, trades: 2, trigger: "volume" },
    ]);
  });

  it("holds a timestamp back until it is complete", () => {
    const buckets: ClosedBucket[] = [];
    const cutter = cutterOf(volumeClock, initialState);
    cutter.consume(batch([1000, "10"]), (bucket) => buckets.push(bucket));
    cutter.advance(1000, (bucket) => buckets.push(bucket));
    expect(cutter.state()).toEqual({ ...initialState, watermark: 1000 });
    cutter.consume(batch([1000, "3"]), (bucket) => buckets.push(bucket));
    expect(buckets).toEqual([]);
    cutter.advance(1001, (bucket) => buckets.push(bucket));
    expect(buckets).toMatchObject([{ id: 1, trades: 2, lots: parseLots("13"), notional: 26n * 10n ** 16n }]);
  });
});

describe("what it refuses", () => {
  it("a timestamp below the one before", () => {
    expect(() => cut(volumeClock, [batch([1000, "1"], [999, "1"])], 2000)).toThrow(
      expect.objectContaining({ code: "FS_CLOCK_ORDER", message: expect.stringContaining("999") }),
    );
  });

  it("a timestamp below the watermark, and one that is no number", () => {
    const state = { ...initialState, watermark: 1000 };
    for (const timestamp of [999, Number.NaN]) {
      expect(() => cutterOf(volumeClock, state).consume(batch([timestamp, "1"]), () => {})).toThrow(
        expect.objectContaining({ code: "FS_CLOCK_ORDER" }),
      );
    }
  });

  it("negative quantities, of any width", () => {
    for (const words of [1, 2, 4]) {
      const lots = toWords([5n, -1n], words);
      const part = {
        ...batch([1000, "1"], [1001, "1"]),
        lots: words === 1 ? new BigInt64Array(lots.buffer) : lots,
      };
      expect(() => cut(volumeClock, [part], 2000)).toThrow(
        expect.objectContaining({ code: "FS_CLOCK_NEGATIVE", message: expect.stringContaining("row 2") }),
      );
    }
  });

  it("columns of another length", () => {
    const part = batch([1000, "1"], [1001, "1"]);
    const broken = [
      { timestamp: new Float64Array(1) },
      { lots: new BigUint64Array(3) },
      { count: new Uint32Array(3) },
    ];
    for (const columns of broken) {
      expect(() => cut(volumeClock, [{ ...part, ...columns }], 2000)).toThrow(
        expect.objectContaining({ code: "FS_INTERNAL" }),
      );
    }
  });

  it("sizes and limits that are not positive", () => {
    for (const wrong of [
      { size: 0n },
      { maxMs: 0 },
      { maxTrades: 0 },
      { bookGapMs: -1 },
      { maxMs: Number.NaN },
    ]) {
      expect(() => cut({ ...volumeClock, ...wrong }, [batch([1000, "1"])], 2000)).toThrow(
        expect.objectContaining({
          code: "FS_CLOCK_PARAMS",
          message: expect.stringContaining(Object.keys(wrong)[0] ?? ""),
        }),
      );
    }
  });

  it("nothing in an empty batch, and a watermark that goes back", () => {
    const cutter = cutterOf(volumeClock, { ...initialState, watermark: 1000 });
    cutter.consume(batch(), () => {});
    cutter.advance(500, () => {});
    expect(cutter.state().watermark).toBe(1000);
  });
});
