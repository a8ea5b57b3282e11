/** From scores of classes to probabilities: fitting a calibration to rows that the scores were not fitted to, and applying it. */
import type { Calibration } from "../onnx/logistic-graph.js";
import type { CalibrationMethod } from "./calibration-method.js";
import { fitIsotonic, levelAt } from "./fit-isotonic.js";
import { fitSoftmax } from "./fit-softmax.js";

/** Rows of each class that a method needs: Platt's scaling has few parameters and a prior, a free curve has neither. */
export const minRowsToCalibrate: Readonly<Record<CalibrationMethod, number>> = { platt: 2, isotonic: 20 };

/**
 * @param scores of each row, one a class
 * @param targets of each row, the place of the class that came
 */
export function fitCalibration(
  method: CalibrationMethod,
  scores: readonly (readonly number[])[],
  targets: readonly number[],
): Calibration {
  return method === "platt" ? fitPlatt(scores, targets) : fitCurves(scores, targets);
}

/** Probabilities that sum to 1, one a class. */
export function calibrate(calibration: Calibration, scores: readonly number[]): number[] {
  if (calibration.kind === "platt") {
    const { slopes, offsets } = calibration;
    return softmax(scores.map((score, k) => (slopes[k] ?? 1) * score + (offsets[k] ?? 0)));
  }
  const levels = softmax(scores).map((p, k) => levelAt(calibration.curves[k] ?? [], p));
  const sum = levels.reduce((total, level) => total + level, 0);
  return levels.map((level) => level / sum);
}

/**
 * `softmax(slope_k * score_k + offset_k)`: Platt 1999 for two classes, vector scaling of Guo et al. 2017 for more. A prior of one
 * row's weight holds it to "no change", so that few rows do not turn a score around.
 */
function fitPlatt(scores: readonly (readonly number[])[], targets: readonly number[]): Calibration {
  const count = scores[0]?.length ?? 0;
  const classes = Array.from({ length: count }, (_, k) => k);
  const { point } = fitSoftmax({
    rows: scores.length,
    classes: count,
    parameters: 2 * count - 1,
    places: classes.map((k) => Int32Array.from(k === 0 ? [0] : [k, count + k - 1])),
    inputs: (row, k) => Float64Array.from([scores[row]?.[k] ?? 0, 1]),
    target: (row) => targets[row] ?? 0,
    penalty: new Float64Array(2 * count - 1).fill(1 / scores.length),
    towards: new Float64Array(2 * count - 1).fill(1, 0, count),
  });
  return {
    kind: "platt",
    slopes: [...point.subarray(0, count)],
    offsets: classes.map((k) => (k === 0 ? 0 : (point[count + k - 1] ?? 0))),
  };
}

/** Zadrozny and Elkan 2002: a curve for each class against the others; the levels are then made to sum to 1. */
function fitCurves(scores: readonly (readonly number[])[], targets: readonly number[]): Calibration {
  const shares = scores.map(softmax);
  const count = scores[0]?.length ?? 0;
  return {
    kind: "isotonic",
    curves: Array.from({ length: count }, (_, k) =>
      fitIsotonic(
        shares.map((row) => row[k] ?? 0),
        targets.map((target) => (target === k ? 1 : 0)),
      ),
    ),
  };
}

function softmax(scores: readonly number[]): number[] {
  const top = Math.max(...scores);
  const parts = scores.map((score) => Math.exp(score - top));
  const sum = parts.reduce((total, part) => total + part, 0);
  return parts.map((part) => part / sum);
}
