import { describe, expect, it } from "vitest";
import {
  type BaselineOptions,
  fitBaseline,
  isUsable,
  predictBaseline,
} from "../../../src/models/train/fit-baseline.js";
import { minimise } from "../../../src/models/train/minimise.js";
import { scoreRows } from "../../../src/models/train/scores.js";
import type { TrainingRow } from "../../../src/models/train/training-set.js";
import { walkForward } from "../../../src/models/train/walk-forward.js";
import { softmax } from "../../support/naive-networks.js";

const classes = [-1, 0, 1];
const options: BaselineOptions = {
  classes,
  nullRules: ["reject", "zero", "mean"],
  l2: 1e-4,
  calibrationShare: 0.2,
  calibration: "platt",
};

function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

/** Rows whose class follows a softmax of known weights; each label is known three rows later. */
function rowsOf(count: number, strength: number, seed = 7): TrainingRow[] {
  const random = uniform(seed);
  return Array.from({ length: count }, (_, place) => {
    const x = [0, 1, 2].map(() => 4 * random() - 2);
    const p = softmax([-strength * (x[0] ?? 0), 0.3, strength * (x[0] ?? 0)]);
    const u = random();
    const label = u < (p[0] ?? 0) ? -1 : u < (p[0] ?? 0) + (p[1] ?? 0) ? 0 : 1;
    const features = [
      10 + 5 * (x[0] ?? 0),
      random() < 0.05 ? null : (x[1] ?? 0),
      random() < 0.05 ? null : (x[2] ?? 0),
    ];
    return {
      availableAt: 1000 * place,
      labelEnd: 1000 * (place + 3),
      label,
      rawReturn: label + 0.1 * random(),
      features,
    };
  });
}

describe("Newton's method", () => {
  it("finds the minimum of a function that is known", () => {
    // (x - 3)² + 2 (y + 1)⁴ + y²: its derivative in y is 8 (y + 1)³ + 2 y.
    const { point, gradient } = minimise(
      ([x = 0, y = 0]) => ({
        value: (x - 3) ** 2 + 2 * (y + 1) ** 4 + y * y,
        gradient: Float64Array.from([2 * (x - 3), 8 * (y + 1) ** 3 + 2 * y]),
        hessian: Float64Array.from([2, 0, 0, 24 * (y + 1) ** 2 + 2]),
      }),
      Float64Array.from([100, 50]),
    );
    expect(point[0]).toBeCloseTo(3, 9);
    expect(8 * ((point[1] ?? 0) + 1) ** 3 + 2 * (point[1] ?? 0)).toBeCloseTo(0, 8);
    expect(gradient).toBeLessThan(1e-8);
  });
});

describe("the baseline", () => {
  const rows = rowsOf(6000, 1);
  const model = fitBaseline(rows, options);

  it("finds the probabilities that the rows were drawn from", () => {
    let worst = 0;
    for (const row of rows.slice(0, 500)) {
      const x = ((row.features[0] ?? 0) - 10) / 5;
      const wanted = softmax([-x, 0.3, x]);
      const found = predictBaseline(model, options.nullRules, row);
      worst = Math.max(worst, ...found.map((p, k) => Math.abs(p - (wanted[k] ?? 0))));
    }
    expect(worst).toBeLessThan(0.08);
  });

  it("stands at a point where no weight's change makes the loss smaller", () => {
    const fitted = rows.slice(0, 4797);
    const loss = (nudge: (k: number, place: number) => number) => {
      const mean =
        fitted.reduce((sum, row) => {
          const x = row.features.map((value, place) => {
            const filled = value ?? (place === 1 ? 0 : (model.mean[place] ?? 0));
            return (filled - (model.mean[place] ?? 0)) / (model.scale[place] ?? 1);
          });
          const scores = model.weights.weights.map(
            (weights, k) =>
              weights.reduce(
                (total, weight, place) => total + (weight + nudge(k, place)) * (x[place] ?? 0),
                0,
              ) + (model.weights.intercepts[k] ?? 0),
          );
          return sum - Math.log(softmax(scores)[classes.indexOf(row.label)] ?? 0);
        }, 0) / fitted.length;
      const squares = model.weights.weights.flatMap((weights, k) =>
        weights.map((w, at) => (w + nudge(k, at)) ** 2),
      );
      return mean + (options.l2 / 2) * squares.reduce((sum, one) => sum + one, 0);
    };
    const best = loss(() => 0);
    for (const k of [0, 1, 2]) {
      for (const place of [0, 1, 2]) {
        for (const step of [1e-3, -1e-3]) {
          expect(loss((a, b) => (a === k && b === place ? step : 0))).toBeGreaterThan(best);
        }
      }
    }
  });

  it("finds them with isotonic calibration too, and keeps its report honest", () => {
    const isotonic = { ...options, calibration: "isotonic" as const };
    const curved = fitBaseline(rows, isotonic);
    const far = rows.slice(0, 500).map((row) => {
      const x = ((row.features[0] ?? 0) - 10) / 5;
      const found = predictBaseline(curved, options.nullRules, row);
      expect(found.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
      return Math.max(...softmax([-x, 0.3, x]).map((p, k) => Math.abs(p - (found[k] ?? 0))));
    });
    expect(far.reduce((sum, one) => sum + one, 0) / far.length).toBeLessThan(0.05);
    expect(walkForward(rows, isotonic, 4).overall.ece).toBeLessThan(0.04);
    expect(() => fitBaseline(rows.slice(0, 120), isotonic)).toThrow(/at least 20 are needed/);
  });

  it("is the same to the bit when it is fitted again", () => {
    expect(fitBaseline(rowsOf(6000, 1), options)).toEqual(model);
  });

  it("sees in its walk-forward report what there is to see, and nothing where there is nothing", () => {
    const some = walkForward(rows, options, 4);
    expect(some.folds).toHaveLength(4);
    expect(some.overall.rows).toBe(4800);
    expect(some.overall.skill).toBeGreaterThan(0.2);
    expect(some.overall.rankIc).toBeGreaterThan(0.4);
    expect(some.overall.ece).toBeLessThan(0.03);
    const none = walkForward(rowsOf(6000, 0), options, 4);
    expect(Math.abs(none.overall.skill)).toBeLessThan(0.01);
    expect(Math.abs(none.overall.rankIc ?? 1)).toBeLessThan(0.05);
  });

  it("never sees a label that was not known when a stretch begins", () => {
    // Labels far away: a fit that looked at them would find 4 rows fewer or more, not hundreds.
    const late = rows.map((row, place) => ({ ...row, labelEnd: 1000 * (place + 500) }));
    const { folds } = walkForward(late, options, 2);
    const [first] = folds;
    expect((first?.fittedRows ?? 0) + (first?.calibratedRows ?? 0)).toBeLessThanOrEqual(2000 - 500);
    expect((first?.fittedRows ?? 0) + 500).toBeLessThanOrEqual(0.8 * 1500 + 1);
  });

  it("says which class is missing", () => {
    const flat = rows.map((row) => ({ ...row, label: 0 }));
    expect(() => fitBaseline(flat, options)).toThrow(/0 are of class -1; at least 10 are needed/);
  });

  it("leaves out rows that the vector's rules reject, and no others", () => {
    const row = (features: (number | null)[]): TrainingRow => ({
      availableAt: 0,
      labelEnd: 0,
      label: 0,
      rawReturn: 0,
      features,
    });
    expect(isUsable(row([1, null, null]), options.nullRules)).toBe(true);
    expect(isUsable(row([null, 1, 1]), options.nullRules)).toBe(false);
  });
});

describe("scores", () => {
  const row = (probabilities: number[], target: number, rawReturn: number) => ({
    probabilities,
    target,
    lean: (probabilities[2] ?? 0) - (probabilities[0] ?? 0),
    rawReturn,
  });

  it("are what their definitions say", () => {
    const scores = scoreRows([row([0.25, 0.25, 0.5], 2, 3), row([0.8, 0.1, 0.1], 1, -1)], [0.25, 0.5, 0.25]);
    expect(scores.logLoss).toBeCloseTo((-Math.log(0.5) - Math.log(0.1)) / 2, 12);
    expect(scores.baseLogLoss).toBeCloseTo((-Math.log(0.25) - Math.log(0.5)) / 2, 12);
    expect(scores.brier).toBeCloseTo((0.0625 + 0.0625 + 0.25 + 0.64 + 0.81 + 0.01) / 2, 12);
    expect(scores.accuracy).toBe(0.5);
    expect(scores.ece).toBeCloseTo((0.5 + 0.8) / 2, 12);
    expect(scores.rankIc).toBe(1);
  });

  it("have no rank IC where nothing changes", () => {
    expect(scoreRows([row([0, 1, 0], 1, 1), row([0, 1, 0], 1, 2)], [0, 1, 0]).rankIc).toBeNull();
  });
});
