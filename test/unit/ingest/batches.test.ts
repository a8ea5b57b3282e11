import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PendingBucket, packBatches, splitBatch } from "../../../src/ingest/buckets/batches.js";
import { widen } from "../../../src/ingest/buckets/replay-dirty.js";

const instruments = ["AAA", "BBB", "CCC"].map((symbol) => ({
  exchange: "x",
  marketType: "spot" as const,
  symbol,
}));

const pendingArbitrary: fc.Arbitrary<PendingBucket[]> = fc
  .tuple(
    ...instruments.map((instrument) =>
      fc
        .array(
          fc.record({
            gap: fc.nat(5_000),
            length: fc.integer({ min: 1, max: 60_000 }),
            trades: fc.integer({ min: 1, max: 90 }),
          }),
          { maxLength: 40 },
        )
        .map((steps) => {
          let clock = 1_700_000_000_000;
          return steps.map(({ gap, length, trades }, index) => {
            const start = clock + gap;
            clock = start + length;
            return {
              instrument,
              id: index + 1,
              start,
              end: clock,
              prevEnd: start,
              availableAt: clock,
              trades,
            };
          });
        }),
    ),
  )
  .map((lists) => lists.flat());

const key = (bucket: PendingBucket) => `${bucket.instrument.symbol}/${bucket.id}`;
const expand = (ranges: readonly { instrument: { symbol: string }; from: number; to: number }[]) =>
  ranges.flatMap((range) =>
    Array.from(
      { length: range.to - range.from + 1 },
      (_, index) => `${range.instrument.symbol}/${range.from + index}`,
    ),
  );

describe("batches of closed buckets", () => {
  const limits = { buckets: 7, trades: 200, spanMs: 300_000 };

  it("hold every bucket once, in order of id within an instrument, within the limits", () => {
    fc.assert(
      fc.property(pendingArbitrary, (pending) => {
        const batches = packBatches(pending, limits);
        const packed = batches.flatMap((batch) => expand(batch.ranges));
        expect([...packed].sort()).toEqual(pending.map(key).sort());
        for (const { symbol } of instruments) {
          const ids = packed
            .filter((name) => name.startsWith(`${symbol}/`))
            .map((name) => Number(name.split("/")[1]));
          expect(ids).toEqual([...ids].sort((a, b) => a - b));
        }
        for (const batch of batches) {
          expect(batch.buckets.length).toBeLessThanOrEqual(limits.buckets);
          if (batch.buckets.length > 1) expect(batch.trades).toBeLessThanOrEqual(limits.trades);
        }
      }),
    );
  });

  it("split into halves that hold the same buckets", () => {
    fc.assert(
      fc.property(pendingArbitrary, (pending) => {
        const [batch] = packBatches(pending, { buckets: 1e9, trades: 1e9, spanMs: 1e12 });
        if (batch === undefined) return;
        const parts = splitBatch(batch);
        expect(parts.flatMap((part) => expand(part.ranges)).sort()).toEqual(expand(batch.ranges).sort());
        if (batch.buckets.length > 1)
          for (const part of parts) expect(part.buckets.length).toBeLessThan(batch.buckets.length);
      }),
    );
  });

  it("keep ranges with holes as they are", () => {
    const [instrument] = instruments;
    if (instrument === undefined) throw new Error("no instrument");
    const at = (id: number): PendingBucket => ({
      instrument,
      id,
      start: id * 10,
      end: id * 10 + 5,
      prevEnd: id * 10,
      availableAt: id * 10 + 5,
      trades: 1,
    });
    const [batch] = packBatches([at(1), at(2), at(5)], limits);
    expect(batch?.ranges.map(({ from, to }) => [from, to])).toEqual([
      [1, 2],
      [5, 5],
    ]);
  });

  it("widen and merge ranges that meet", () => {
    const [a, b] = instruments;
    if (a === undefined || b === undefined) throw new Error("no instrument");
    const ranges = [
      { instrument: a, from: 1, to: 2 },
      { instrument: a, from: 5, to: 6 },
      { instrument: b, from: 5, to: 6 },
    ];
    expect(widen(ranges, 2).map(({ instrument, from, to }) => [instrument.symbol, from, to])).toEqual([
      ["AAA", 1, 8],
      ["BBB", 5, 8],
    ]);
    expect(widen(ranges, 1).map(({ from, to }) => [from, to])).toEqual([
      [1, 3],
      [5, 7],
      [5, 7],
    ]);
  });
});
