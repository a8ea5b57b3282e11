import { describe, expect, it } from "vitest";
import type { ClosedBucket } from "../../../src/clock/bucket.js";
import { splitByMonth } from "../../../src/ingest/buckets/store-buckets.js";

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

describe("buckets that are stored together", () => {
  it("end in one month, which is one partition of their table", () => {
    const buckets = ending(
      "2024-07-31T23:59:59.999Z",
      "2024-08-01T00:00:00.000Z",
      "2024-08-31T12:00:00.000Z",
      "2025-08-01T00:00:00.000Z",
    );
    expect(splitByMonth(buckets).map((month) => month.map(({ id }) => id))).toEqual([[1], [2, 3], [4]]);
    expect(splitByMonth([])).toEqual([]);
  });
});
