import { describe, expect, it } from "vitest";
import { breachesOf, expectationParams, expectationSelect } from "../../../src/compile/expectations.js";
import type { Expectation } from "../../../src/spec/model.js";

const nothing = { notNull: false, nullShareMax: undefined, min: undefined, max: undefined };
const key = { exchange: "binance", market_type: "spot", symbol: "BTCUSDT" };

describe("expectations", () => {
  it("bind their limits, and name columns in backticks", () => {
    const expectations: Expectation[] = [{ ...nothing, column: "a", min: -1.5, max: 2 }];
    expect(expectationParams(expectations)).toEqual({ min_0: -1.5, max_0: 2 });
    const sql = expectationSelect(expectations, "t");
    expect(sql).toContain("maxIf(bucket_id, `a` < {min_0:Float64})");
    expect(sql).not.toContain("1.5");
  });

  it("hold at the limit, and break beyond it", () => {
    const expectations: Expectation[] = [
      { ...nothing, column: "a", nullShareMax: 0.2, min: 0, max: 1 },
      { ...nothing, column: "b", notNull: true },
    ];
    const row = {
      ...key,
      rows: "10",
      nulls_0: "2",
      nulls_bucket_0: "9",
      min_0: 0,
      max_0: 1,
      nulls_1: "0",
      nulls_bucket_1: "0",
    };
    expect(breachesOf(expectations, row)).toEqual([]);
    const beyond = {
      ...row,
      nulls_0: "3",
      min_0: -0.1,
      min_bucket_0: "4",
      max_0: 1.1,
      max_bucket_0: "5",
      nulls_1: "1",
      nulls_bucket_1: "8",
    };
    expect(breachesOf(expectations, beyond)).toMatchObject([
      { column: "a", rule: "null_share", expected: 0.2, found: 0.3, rows: 10, bucketId: "9" },
      { column: "a", rule: "min", found: -0.1, bucketId: "4" },
      { column: "a", rule: "max", found: 1.1, bucketId: "5" },
      { column: "b", rule: "not_null", found: 1, bucketId: "8" },
    ]);
  });

  it("say nothing of columns that are NULL throughout, unless NULL itself is refused", () => {
    const expectations: Expectation[] = [{ ...nothing, column: "a", min: 0 }];
    const row = { ...key, rows: "3", nulls_0: "3", nulls_bucket_0: "3", min_0: null };
    expect(breachesOf(expectations, row)).toEqual([]);
  });
});
