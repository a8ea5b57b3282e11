import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Chunk } from "../../../src/migrate/backfill.js";
import { chunkParams, chunkStatement, remainingChunks } from "../../../src/migrate/backfill.js";
import { nothingDeployed } from "../../../src/plan/deployed.js";
import { makePlans } from "../../../src/plan/plan.js";
import { smallCatalog } from "../../support/small-catalog.js";

const step = makePlans(smallCatalog(), nothingDeployed)
  .flatMap((plan) => plan.steps)
  .find(({ kind }) => kind === "backfill");

function chunk(symbol: string, first: number, last: number): Chunk {
  return {
    exchange: "binance",
    market_type: "spot",
    symbol,
    first: String(first),
    last: String(last),
    buckets: last - first + 1,
    trades: 0,
  };
}

describe("the statement of a chunk", () => {
  it("cuts the buckets behind the mark, by bound values, its version too", () => {
    if (step === undefined) throw new Error("no backfill");
    expect(chunkStatement(step).split("\n")[1]).toBe(
      "WITH buckets AS (SELECT * REPLACE ({v:UInt64} AS v) FROM `features`.`unified_buckets` FINAL WHERE " +
        "exchange = {exchange:String} AND market_type = {market_type:String} AND symbol = {symbol:String} " +
        "AND bucket_id BETWEEN {first:UInt64} AND {last:UInt64})",
    );
    expect(() => chunkStatement({ ...step, sql: "INSERT INTO t SELECT 1" })).toThrow("0 marks");
  });
});

describe("what is left of a backfill", () => {
  it("is all buckets beyond the last one done of each instrument, also when chunks were cut anew", () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 6 });
    const chunksOf = (symbol: string, last: number, at: readonly number[]): Chunk[] => {
      const bounds = [0, ...[...at].filter((cut) => cut < last).sort((a, b) => a - b), last];
      return bounds.slice(1).map((bound, index) => chunk(symbol, (bounds[index] ?? 0) + 1, bound));
    };
    fc.assert(
      fc.property(
        cuts,
        cuts,
        fc.nat({ max: 6 }),
        fc.integer({ min: 41, max: 60 }),
        (before, after, count, last) => {
          const done = chunksOf("A", 40, before).slice(0, count);
          const left = remainingChunks(
            [...chunksOf("A", last, after), ...chunksOf("B", 9, [])],
            done.map(chunkParams),
          );
          const ids = (chunks: readonly Chunk[], symbol: string): number[] =>
            chunks
              .filter((item) => item.symbol === symbol)
              .flatMap(({ first, last }) =>
                Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => Number(first) + index),
              );
          expect([...ids(done, "A"), ...ids(left, "A")]).toEqual(
            Array.from({ length: last }, (_, index) => index + 1),
          );
          expect(ids(left, "B")).toHaveLength(9);
        },
      ),
    );
  });

  it("compares ids of 64 bits", () => {
    const big = "18446744073709551614";
    const all = { ...chunk("A", 1, 1), last: "18446744073709551615" };
    expect(remainingChunks([all], [{ ...chunkParams(all), last: big }])[0]?.first).toBe(
      "18446744073709551615",
    );
  });
});
