/** A standardised multinomial logistic regression with calibrated scores, fitted to rows. Pure and deterministic. */
import { FeatureError } from "../../errors.js";
import type { VectorFeature } from "../../spec/model.js";
import type { LogisticWeights } from "../onnx/logistic-graph.js";
import { calibrate, fitCalibration, minRowsToCalibrate } from "./calibrate.js";
import type { CalibrationMethod } from "./calibration-method.js";
import { fitSoftmax } from "./fit-softmax.js";
import { knownBefore, type TrainingRow } from "./training-set.js";

export interface BaselineOptions {
  readonly classes: readonly number[];
  readonly nullRules: readonly VectorFeature["onNull"][];
  /** Weight of half the sum of squared weights beside the mean loss. */
  readonly l2: number;
  /** Share of the rows, the last ones, that only the calibration sees. */
  readonly calibrationShare: number;
  readonly calibration: CalibrationMethod;
}

export interface BaselineModel {
  readonly weights: LogisticWeights;
  readonly mean: readonly number[];
  /** Population deviation; 1 for a feature that never changes. */
  readonly scale: readonly number[];
  readonly fittedRows: number;
  readonly calibratedRows: number;
}

/** A row can be used unless a feature that the vector rejects is NULL. */
export function isUsable(row: TrainingRow, nullRules: BaselineOptions["nullRules"]): boolean {
  return row.features.every((value, place) => value !== null || nullRules[place] !== "reject");
}

/** Fewer rows than this of any class tell nothing about it. */
const minRowsToFit = 10;

/**
 * @param rows usable ones, in the order in which they became known
 * @param use what the model is for, where it is not the one that is written: part of the error
 * @throws FeatureError FS_MODEL_TRAINING_SET when a class is missing or too rare
 */
export function fitBaseline(
  rows: readonly TrainingRow[],
  options: BaselineOptions,
  use?: string,
): BaselineModel {
  const cut = Math.floor(rows.length * (1 - options.calibrationShare));
  const later = rows.slice(cut);
  const earlier = knownBefore(rows.slice(0, cut), later[0]?.availableAt ?? 0);
  for (const label of options.classes) {
    for (const [part, name, least] of [
      [earlier, "fit", minRowsToFit],
      [later, "calibrate", minRowsToCalibrate[options.calibration]],
    ] as const) {
      const found = part.filter((row) => row.label === label).length;
      if (found >= least) continue;
      throw new FeatureError(
        "FS_MODEL_TRAINING_SET",
        `${use === undefined ? "Of" : `${use}: of`} the ${part.length} rows to ${name} with, ${found} are of class ${label}; at least ${least} are needed.`,
      );
    }
  }
  const { mean, scale } = standardise(earlier, options.nullRules);
  const normal = (row: TrainingRow) => normalised(row, options.nullRules, mean, scale);
  const linear = fitLinear(earlier, earlier.map(normal), options);
  const scores = later.map((row) => scoresOf(linear, normal(row)));
  const targets = later.map((row) => options.classes.indexOf(row.label));
  return {
    weights: { ...linear, calibration: fitCalibration(options.calibration, scores, targets) },
    mean,
    scale,
    fittedRows: earlier.length,
    calibratedRows: later.length,
  };
}

/** Probabilities in the order of the classes. */
export function predictBaseline(
  { weights, mean, scale }: BaselineModel,
  nullRules: BaselineOptions["nullRules"],
  row: TrainingRow,
): number[] {
  return calibrate(weights.calibration, scoresOf(weights, normalised(row, nullRules, mean, scale)));
}

/** Means and deviations of features, by what NULL becomes; 0 and 1 where there is nothing to tell. */
export function standardise(rows: readonly TrainingRow[], nullRules: BaselineOptions["nullRules"]) {
  const features = nullRules.map((rule, place) => {
    const values = rows.flatMap(({ features }) => {
      const value = features[place] ?? null;
      // A NULL that becomes 0 is a 0 to the model; one that becomes the mean does not change the mean.
      if (value !== null) return [value];
      return rule === "zero" ? [0] : [];
    });
    const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(values.length, 1);
    return { mean, scale: variance > 0 ? Math.sqrt(variance) : 1 };
  });
  return { mean: features.map(({ mean }) => mean), scale: features.map(({ scale }) => scale) };
}

function normalised(
  row: TrainingRow,
  nullRules: BaselineOptions["nullRules"],
  mean: readonly number[],
  scale: readonly number[],
): number[] {
  return row.features.map((value, place) => {
    const filled = value ?? (nullRules[place] === "zero" ? 0 : (mean[place] ?? 0));
    return (filled - (mean[place] ?? 0)) / (scale[place] ?? 1);
  });
}

type Linear = Pick<LogisticWeights, "weights" | "intercepts">;

function scoresOf({ weights, intercepts }: Linear, x: readonly number[]): number[] {
  return weights.map(
    (row, k) => row.reduce((sum, weight, place) => sum + weight * (x[place] ?? 0), 0) + (intercepts[k] ?? 0),
  );
}

/** All classes have weights, which are penalised; the first class's intercept is 0, or the others would have no bounds. */
function fitLinear(
  rows: readonly TrainingRow[],
  x: readonly (readonly number[])[],
  options: BaselineOptions,
): Linear {
  const { classes, nullRules, l2 } = options;
  const width = nullRules.length;
  const size = classes.length * width + classes.length - 1;
  const intercept = (k: number) => classes.length * width + k - 1;
  const penalty = new Float64Array(size).fill(l2, 0, classes.length * width);
  const withOne = x.map((row) => Float64Array.from([...row, 1]));
  const { point } = fitSoftmax({
    rows: rows.length,
    classes: classes.length,
    parameters: size,
    places: classes.map((_, k) =>
      Int32Array.from({ length: k === 0 ? width : width + 1 }, (_, place) =>
        place < width ? k * width + place : intercept(k),
      ),
    ),
    inputs: (row) => withOne[row] ?? [],
    target: (row) => classes.indexOf(rows[row]?.label ?? 0),
    penalty,
    towards: new Float64Array(size),
  });
  return {
    weights: classes.map((_, k) => [...point.subarray(k * width, (k + 1) * width)]),
    intercepts: classes.map((_, k) => (k === 0 ? 0 : (point[intercept(k)] ?? 0))),
  };
}
