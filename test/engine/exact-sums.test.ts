import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { compileExpression } from "../../src/compile/expression/exact.js";
import { openScratch } from "../../src/engine/open.js";
import type { Engine } from "../../src/engine/port.js";

/** What compiled sums of floats give on the engine, against whole numbers of any size. */

let engine: Engine;
beforeAll(async () => {
  engine = await openScratch();
  await engine.execute(
    "CREATE TABLE default.terms (g UInt32, i UInt32, x Nullable(Float64)) ENGINE = MergeTree ORDER BY (g, i)",
  );
});
afterAll(() => engine.close());

const compiled = (sql: string): string => compileExpression(sql, { hasTwins: false });

/** The digits of a float as a whole number of `10^-places`, cut off. */
function wholeNumber(x: number, places: number): bigint {
  const [, sign, whole = "", fraction = "", power = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(x)) ?? [];
  const shift = Number(power) - fraction.length + places;
  const digits = BigInt(whole + fraction);
  const value = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift);
  return sign === "-" ? -value : value;
}

function exactSum(terms: readonly number[]): number {
  return Number(`${terms.reduce((sum, x) => sum + wholeNumber(x, 30), 0n)}e-30`);
}

function exactVariance(terms: readonly number[]): number {
  const whole = terms.map((x) => wholeNumber(x, 20));
  const n = BigInt(whole.length);
  const sum = whole.reduce((total, x) => total + x, 0n);
  const squares = whole.reduce((total, x) => total + x * x, 0n);
  return Number(`${n * squares - sum * sum}e-40`) / (whole.length * whole.length);
}

const term = fc.oneof(
  fc.integer({ min: -1000, max: 1000 }),
  fc.double({ min: -1e9, max: 1e9, noNaN: true }),
  fc
    .tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.integer({ min: -18, max: 11 }))
    .map(([x, power]) => x * 10 ** power),
  fc.constantFrom(0.1, 0.2, -0.3, 1e11, -1e11, 5e-324),
  fc.constant(null),
);

it("sums, means and variances are rounded once, in any order, and a sum of one float is the float", async () => {
  const groups = fc.array(fc.array(term, { minLength: 1, maxLength: 12 }), { minLength: 80, maxLength: 80 });
  await fc.assert(
    fc.asyncProperty(groups, async (sets) => {
      const rows = sets.flatMap((set, g) => set.map((x, i) => ({ g, i, x })));
      await engine.execute("TRUNCATE TABLE default.terms");
      await engine.insert(
        { database: "default", name: "terms" },
        {
          rows: rows.length,
          columns: [
            { name: "g", type: "UInt32", values: rows.map(({ g }) => g) },
            { name: "i", type: "UInt32", values: rows.map(({ i }) => i) },
            { name: "x", type: "Nullable(Float64)", values: rows.map(({ x }) => x) },
          ],
        },
      );
      const found = await engine.rows(
        `SELECT ${compiled("sum(x)")} AS total, ${compiled("avg(x)")} AS mean, ${compiled("sumIf(x, i = 0)")} AS first,
           1 / ${compiled("sum(x)")} AS below, ${compiled("varPop(x)")} AS variance
         FROM default.terms GROUP BY g ORDER BY g`,
      );
      const expected = sets.map((set) => {
        const terms = set.filter((x) => x !== null);
        const total = terms.length === 0 ? null : exactSum(terms);
        return {
          total,
          mean: total === null ? null : total / terms.length,
          first: set[0] === null || set[0] === undefined ? null : exactSum([set[0]]),
          below: total === null ? null : jsonNumber(1 / total),
          variance: total === null ? null : exactVariance(terms),
        };
      });
      expect(found).toEqual(expected);
      for (const [set] of sets) {
        if (set !== null && set !== undefined && Math.abs(set) > 1e-12) expect(exactSum([set])).toBe(set);
      }
      const running = await engine.rows<{ total: number | null }>(
        `SELECT ${compiled("sum(x) OVER w")} AS total FROM default.terms
         WINDOW w AS (PARTITION BY g ORDER BY i ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) ORDER BY g, i`,
      );
      const naive = sets.flatMap((set) =>
        set.map((_, i) => {
          const terms = set.slice(Math.max(0, i - 2), i + 1).filter((x) => x !== null);
          return { total: terms.length === 0 ? null : exactSum(terms) };
        }),
      );
      expect(running).toEqual(naive);
    }),
    { numRuns: 15 },
  );
});

it("a term that no sum can hold fails the statement, and is not taken for another number", async () => {
  const sum = (x: string) =>
    engine.rows(`SELECT ${compiled("sum(x)")} AS total FROM (SELECT materialize(${x}) AS x)`);
  expect(await sum("4e45")).toEqual([{ total: 4e45 }]);
  for (const large of ["1e47", "-1e50", "1e300", "inf", "nan"]) {
    await expect(sum(large)).rejects.toMatchObject({ code: "FS_ENGINE_QUERY" });
  }
});

/** As the engine's JSON writes it. */
function jsonNumber(x: number): number | string {
  if (Number.isFinite(x)) return x;
  return x > 0 ? "inf" : "-inf";
}
