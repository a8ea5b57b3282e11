import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitIsotonic, levelAt, poolAdjacent } from "../../../src/models/train/fit-isotonic.js";

/** Scores on a coarse grid, so that many tie. */
const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.constantFrom(0, 1)), {
  minLength: 1,
  maxLength: 60,
});
const scoresOf = (given: readonly (readonly [number, number])[]) => given.map(([score]) => score / 20);
const outcomesOf = (given: readonly (readonly [number, number])[]) => given.map(([, outcome]) => outcome);

/**
 * The level at a score by the min-max formula (Robertson et al. 1988): the largest, over starts up to it, of the smallest mean, over
 * ends from it on. Nothing is pooled.
 */
function naiveLevel(given: readonly (readonly [number, number])[], score: number): number {
  const grid = [...new Set(scoresOf(given))].sort((a, b) => a - b);
  const mean = (from: number, to: number) => {
    const inside = given.filter(([one]) => one / 20 >= from && one / 20 <= to);
    return inside.reduce((sum, [, outcome]) => sum + outcome, 0) / inside.length;
  };
  const ends = grid.filter((to) => to >= score);
  return Math.max(
    ...grid.filter((from) => from <= score).map((from) => Math.min(...ends.map((to) => mean(from, to)))),
  );
}

describe("pooling adjacent violators", () => {
  it("gives the levels of the min-max formula, which rise, and as many outcomes as there were", () => {
    fc.assert(
      fc.property(rows, (given) => {
        const pools = poolAdjacent(scoresOf(given), outcomesOf(given));
        const sizes = pools.map((pool) => pool.rows);
        expect(sizes.reduce((sum, one) => sum + one, 0)).toBe(given.length);
        for (const [at, { score, level }] of pools.entries()) {
          expect(level).toBeGreaterThan(pools[at - 1]?.level ?? -1);
          expect(score).toBeGreaterThan(pools[at - 1]?.score ?? -1);
        }
        const sorted = [...given].sort(([a], [b]) => a - b);
        let place = 0;
        for (const { rows: size, level } of pools) {
          for (const [score] of sorted.slice(place, place + size)) {
            expect(level).toBeCloseTo(naiveLevel(given, score / 20), 12);
          }
          place += size;
        }
      }),
    );
  });
});

describe("the isotonic curve", () => {
  it("never falls, is no steeper than 5, stays off 0 and 1", () => {
    fc.assert(
      fc.property(rows, (given) => {
        const curve = fitIsotonic(scoresOf(given), outcomesOf(given));
        const at = Array.from({ length: 201 }, (_, place) => levelAt(curve, place / 200));
        for (const [place, level] of at.entries()) {
          const rise = level - (at[place - 1] ?? level);
          expect(rise).toBeGreaterThanOrEqual(0);
          expect(rise).toBeLessThanOrEqual(5 / 200 + 1e-12);
          expect(level).toBeGreaterThanOrEqual(0.5 / (given.length + 1));
          expect(level).toBeLessThanOrEqual(1 - 0.5 / (given.length + 1));
        }
      }),
    );
  });

  it("is linear between its points, and level beyond them", () => {
    const curve = [
      [0.2, 0.1],
      [0.4, 0.5],
    ] as const;
    expect([0, 0.2, 0.3, 0.4, 1].map((score) => levelAt(curve, score))).toEqual([
      0.1,
      0.1,
      expect.closeTo(0.3, 12),
      0.5,
      0.5,
    ]);
  });
});
