import { type Curvature, type Minimum, minimise } from "./minimise.js";

/**
 * A softmax whose scores are linear in the parameters: the score of class k of row i is
 * `Σ_j inputs(i, k)[j] * parameters[places(k)[j]]`. A multinomial regression and Platt's scaling for several classes are both of
 * this kind.
 */
export interface SoftmaxProblem {
  readonly rows: number;
  readonly classes: number;
  readonly parameters: number;
  /** Places of the parameters that the score of class k is made of; a class may have none. */
  readonly places: readonly Int32Array[];
  /** What they are multiplied with, in the same order. The list may be used again by the next call. */
  readonly inputs: (row: number, klass: number) => ArrayLike<number>;
  /** Place of a row's class. */
  readonly target: (row: number) => number;
  /** `penalty / 2 * (parameter - towards)²` is added to the mean loss, one of each a parameter. */
  readonly penalty: Float64Array;
  readonly towards: Float64Array;
}

/** Fits the parameters by the mean of the negative log likelihood plus the penalties, from `towards` on. */
export function fitSoftmax(problem: SoftmaxProblem): Minimum {
  return minimise((point) => lossAt(problem, point), Float64Array.from(problem.towards));
}

function lossAt(problem: SoftmaxProblem, point: Float64Array): Curvature {
  const { rows, classes, parameters: size, places, penalty, towards } = problem;
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  const scores = new Float64Array(classes);
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    const target = problem.target(row);
    const inputs = places.map((_, k) => problem.inputs(row, k));
    for (let k = 0; k < classes; k++) scores[k] = dot(places[k], inputs[k], point);
    loss += softmaxInPlace(scores, target);
    addRow(problem, inputs, scores, target, gradient, hessian);
  }
  for (let at = 0; at < size; at++) {
    const away = (point[at] ?? 0) - (towards[at] ?? 0);
    const weight = penalty[at] ?? 0;
    loss += (rows * weight * away * away) / 2;
    gradient[at] = (gradient[at] ?? 0) / rows + weight * away;
    for (let other = 0; other < size; other++) {
      const cell = at * size + other;
      hessian[cell] = (hessian[cell] ?? 0) / rows + (at === other ? weight : 0);
    }
  }
  return { value: loss / rows, gradient, hessian };
}

function addRow(
  { classes, parameters: size, places }: SoftmaxProblem,
  inputs: readonly ArrayLike<number>[],
  probabilities: Float64Array,
  target: number,
  gradient: Float64Array,
  hessian: Float64Array,
): void {
  for (let k = 0; k < classes; k++) {
    const own = places[k] ?? noPlaces;
    const x = inputs[k] ?? noPlaces;
    const p = probabilities[k] ?? 0;
    const error = p - (k === target ? 1 : 0);
    for (let i = 0; i < own.length; i++) {
      const place = own[i] ?? 0;
      gradient[place] = (gradient[place] ?? 0) + error * (x[i] ?? 0);
    }
    for (let l = 0; l < classes; l++) {
      const other = places[l] ?? noPlaces;
      const y = inputs[l] ?? noPlaces;
      const weight = p * ((k === l ? 1 : 0) - (probabilities[l] ?? 0));
      for (let i = 0; i < own.length; i++) {
        const line = (own[i] ?? 0) * size;
        const left = weight * (x[i] ?? 0);
        for (let j = 0; j < other.length; j++) {
          const cell = line + (other[j] ?? 0);
          hessian[cell] = (hessian[cell] ?? 0) + left * (y[j] ?? 0);
        }
      }
    }
  }
}

const noPlaces = new Int32Array(0);

function dot(
  places: Int32Array = noPlaces,
  inputs: ArrayLike<number> = noPlaces,
  point: Float64Array,
): number {
  let sum = 0;
  for (let at = 0; at < places.length; at++) sum += (inputs[at] ?? 0) * (point[places[at] ?? 0] ?? 0);
  return sum;
}

/** Scores become probabilities; returns the negative log of the target's. */
function softmaxInPlace(scores: Float64Array, target: number): number {
  let top = Number.NEGATIVE_INFINITY;
  for (const score of scores) top = Math.max(top, score);
  const wanted = (scores[target] ?? 0) - top;
  let sum = 0;
  for (let k = 0; k < scores.length; k++) {
    const part = Math.exp((scores[k] ?? 0) - top);
    scores[k] = part;
    sum += part;
  }
  for (let k = 0; k < scores.length; k++) scores[k] = (scores[k] ?? 0) / sum;
  return Math.log(sum) - wanted;
}
