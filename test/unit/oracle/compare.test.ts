import { describe, expect, it } from "vitest";
import { rowDifferences } from "../../support/oracle/compare.js";

describe("rowDifferences", () => {
  it("is empty for rows that agree up to rounding, whatever else the actual ones hold", () => {
    const actual = [{ bucket_id: 1, vwap: 60_000.000_000_01, open: null, v: "7" }];
    expect(rowDifferences(actual, [{ bucket_id: 1, vwap: 60_000, open: null }])).toEqual([]);
  });

  it("names row, column and both values", () => {
    const actual = [
      { bucket_id: 1, open: 0 },
      { bucket_id: 2, open: 5 },
    ];
    expect(rowDifferences(actual, [{ bucket_id: 1, open: null }, { bucket_id: 2, open: 5.1 }, {}])).toEqual([
      "2 rows, expected 3",
      "row 1, open: 0, expected null",
      "row 2, open: 5, expected 5.1",
    ]);
  });
});
