import { describe, expect, it } from "vitest";
import type { ClosedBucket } from "../../../src/clock/bucket.js";
import { byMonth, type CutBuckets } from "../../../src/ingest/buckets/store-buckets.js";

const ending = (...ends: readonly string[]): ClosedBucket[] =>
  ends.map((end, index) => ({
    id: index + 1,
    start: Date.parse(end) - 1000,
    end: Date.parse(end),
    prevEnd: Date.parse(end) - 1000,
    availableAt: Date.parse(end),
    trades: 1,
    lots: 1n,
    notional: 1n,
    size: 1n,
    trigger: "volume",
  }));

const cut = (symbol: string, buckets: readonly ClosedBucket[]): CutBuckets => ({
  instrument: { exchange: "binance", marketType: "spot", symbol },
  buckets,
  version: 7n,
});

const idsOf = (months: ReturnType<typeof byMonth>): string[][] =>
  months.map((rows) => rows.map(({ instrument, bucket }) => `${instrument.symbol}${bucket.id}`));

describe("buckets that are stored together", () => {
  it("end in one month, which is one partition of their table", () => {
    const buckets = ending(
      "2024-07-31T23:59:59.999Z",
      "2024-08-01T00:00:00.000Z",
      "2024-08-31T12:00:00.000Z",
      "2025-08-01T00:00:00.000Z",
    );
    expect(idsOf(byMonth([cut("A", buckets)]))).toEqual([["A1"], ["A2", "A3"], ["A4"]]);
    expect(byMonth([])).toEqual([]);
  });

  it("of several instruments share a month's insert, the earliest month first", () => {
    const cuts = [
      cut("A", ending("2024-08-01T00:00:00.000Z")),
      cut("B", ending("2024-07-31T23:59:00.000Z", "2024-08-01T00:00:01.000Z")),
    ];
    expect(idsOf(byMonth(cuts))).toEqual([["B1"], ["A1", "B2"]]);
  });
});
