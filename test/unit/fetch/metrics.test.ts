import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blockBootstrap } from "../../../src/fetch/evaluate/bootstrap.js";
import { largestDistance, stabilityIndex } from "../../../src/fetch/evaluate/drift.js";
import { averagePrecision, brierScore, calibrationError } from "../../../src/fetch/evaluate/probabilities.js";
import {
  averageRanks,
  correlation,
  normalCdf,
  quantileOfSorted,
  rankCorrelation,
  shape,
} from "../../../src/fetch/evaluate/statistics.js";
import {
  annualised,
  maxDrawdown,
  probabilisticSharpe,
  profits,
  sharpeRatio,
  turnover,
} from "../../../src/fetch/evaluate/trading.js";

describe("statistics", () => {
  it("share ranks among ties, and are undefined of constants", () => {
    expect([...averageRanks([10, 20, 10, 30])]).toEqual([1.5, 3, 1.5, 4]);
    expect(correlation([1, 2, 3], [2, 4, 6])).toBeCloseTo(1, 15);
    expect(rankCorrelation([1, 2, 3], [1, 8, 27])).toBeCloseTo(1, 15);
    expect(correlation([1, 1, 1], [1, 2, 3])).toBeNull();
    expect(correlation([0.1, 0.1, 0.1], [1, 2, 3])).toBeNull();
    expect(shape([2, 2])).toBeNull();
  });

  it("know the normal distribution function to 1e-14", () => {
    expect(normalCdf(0)).toBe(0.5);
    expect(normalCdf(1.96)).toBeCloseTo(0.97500210485178, 14);
    expect(normalCdf(-1)).toBeCloseTo(0.158655253931457, 14);
    expect(normalCdf(-6)).toBeCloseTo(9.865876450376981e-10, 20);
    expect(normalCdf(4.3) + normalCdf(-4.3)).toBeCloseTo(1, 15);
  });

  it("interpolate quantiles", () => {
    expect(quantileOfSorted([1, 2, 3, 4], 0.5)).toBe(2.5);
    expect(quantileOfSorted([1, 2, 3, 4], 1)).toBe(4);
  });
});

describe("probabilities", () => {
  const p = [0, 0.1, 0.35, 0.8, 1];
  const y = [0, 0, 1, 1, 1];
  it("are judged by distance and by bin; a bin's upper edge belongs to it", () => {
    expect(brierScore(p, y)).toBeCloseTo((0.01 + 0.65 ** 2 + 0.04) / 5, 15);
    expect(calibrationError(p, y, 10)).toBeCloseTo((0.05 * 2 + 0.65 + 0.2 + 0) / 5, 12);
    expect(calibrationError([0.1, 0.2], [0, 1], 10)).toBeCloseTo((0.1 + 0.8) / 2, 12);
    expect([brierScore([], []), calibrationError([], [], 10), averagePrecision([0.5], [0])]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it("have an average precision that is that of a naive count over thresholds", () => {
    const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.constantFrom(0, 1)), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(pairs, (rows) => {
        const events = rows.filter(([, came]) => came === 1).length;
        const thresholds = [...new Set(rows.map(([score]) => score))].sort((a, b) => b - a);
        let [area, before] = [0, 0];
        for (const threshold of thresholds) {
          const said = rows.filter(([score]) => score >= threshold);
          const hits = said.filter(([, came]) => came === 1).length;
          area += ((hits - before) / events) * (hits / said.length);
          before = hits;
        }
        const found = averagePrecision(
          rows.map(([score]) => score / 5),
          rows.map(([, came]) => came),
        );
        if (events === 0) expect(found).toBeNull();
        else expect(found).toBeCloseTo(area, 12);
      }),
    );
  });
});

describe("drift", () => {
  it("is none between equal samples, and is what a count by hand gives", () => {
    const reference = [1, 2, 3, 4];
    expect(stabilityIndex(reference, reference, 2)).toBe(0);
    expect(largestDistance(reference, reference)).toBe(0);
    // One edge, 2.5: half and half against three quarters and a quarter.
    expect(stabilityIndex(reference, [1, 1, 2, 3], 2)).toBeCloseTo(
      0.25 * Math.log(1.5) - 0.25 * Math.log(0.5),
      12,
    );
    expect(stabilityIndex(reference, [9, 9], 2, 0.01)).toBeCloseTo(
      (0.01 - 0.5) * Math.log(0.02) + 0.5 * Math.log(2),
      12,
    );
    expect(largestDistance([1, 2], [3, 4])).toBe(1);
    expect(stabilityIndex([], [1], 2)).toBeNull();
  });

  it("puts a value on an edge into the bin below it, and drops equal edges", () => {
    expect(stabilityIndex([1, 1, 1, 1, 5], [1, 1, 1, 1, 5], 4)).toBe(0);
    expect(stabilityIndex([1, 2, 3], [2, 2, 2], 2, 1e-4)).toBeGreaterThan(0);
  });
});

describe("trading", () => {
  it("earns the position before, and pays for changes", () => {
    const pnl = profits([1, -1, 0], [0.5, 0.02, -0.01], 0.001);
    expect([...pnl]).toEqual([-0.001, 0.02 - 0.002, 0.01 - 0.001]);
    expect(turnover([1, -1, 0])).toBe(4 / 3);
    expect(maxDrawdown([1, -3, 1, -2, 5])).toBe(4);
    expect(maxDrawdown([-1, -1])).toBe(2);
    expect(sharpeRatio([1, 1])).toBeNull();
    expect(annualised(0.1, 60)).toBeCloseTo(0.1 * Math.sqrt(525_600), 10);
  });

  it("has a probabilistic Sharpe ratio of one half without skew and mean", () => {
    expect(probabilisticSharpe([1, -1, 2, -2])).toBe(0.5);
    expect(probabilisticSharpe([3, 1, 2, 4])).toBeGreaterThan(0.9);
  });
});

describe("the block bootstrap", () => {
  const values = Array.from({ length: 200 }, (_, i) => Math.sin(i * i));
  const average = (places: Uint32Array) =>
    places.reduce((sum, i) => sum + (values[i] ?? 0), 0) / places.length;
  const options = { samples: 300, block: 5, seed: 7, level: 0.95 };

  it("gives the same interval for the same seed, around the mean", () => {
    const interval = blockBootstrap(values.length, average, options);
    expect(blockBootstrap(values.length, average, options)).toEqual(interval);
    expect(blockBootstrap(values.length, average, { ...options, seed: 8 })).not.toEqual(interval);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(interval?.low).toBeLessThan(mean);
    expect(interval?.high).toBeGreaterThan(mean);
  });

  it("keeps neighbours together, and is undefined where the statistic is", () => {
    blockBootstrap(
      20,
      (places) => {
        for (let i = 0; i < 20; i += 5) {
          expect([...places.subarray(i, i + 5)]).toEqual(
            [0, 1, 2, 3, 4].map((step) => (places[i] ?? 0) + step),
          );
        }
        return 1;
      },
      options,
    );
    expect(blockBootstrap(20, () => null, options)).toBeNull();
  });
});
