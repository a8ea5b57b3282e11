/** Value, gradient and Hessian (row-major) of a function at a point. */
export interface Curvature {
  readonly value: number;
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

export interface Minimum {
  readonly point: Float64Array;
  readonly value: number;
  readonly iterations: number;
  /** The largest component of the gradient where it stopped. */
  readonly gradient: number;
}

const enough = 1e-9;
const maxIterations = 100;
const maxHalvings = 40;

/**
 * Newton's method with backtracking, for smooth, strictly convex functions. Deterministic: the same numbers in, the same bits out.
 * It stops when the gradient is below 1e-9, or when no step makes the value smaller.
 */
export function minimise(curvature: (point: Float64Array) => Curvature, start: Float64Array): Minimum {
  let point = start;
  let here = curvature(point);
  let iterations = 0;
  while (iterations < maxIterations && largest(here.gradient) > enough) {
    const step = solve(here.hessian, here.gradient);
    const slope = step.reduce((sum, value, at) => sum + value * (here.gradient[at] ?? 0), 0);
    const next = descend(curvature, point, step, here.value, slope);
    if (next === undefined) break;
    ({ point, here } = next);
    iterations += 1;
  }
  return { point, value: here.value, iterations, gradient: largest(here.gradient) };
}

/** Armijo's rule with halved steps. */
function descend(
  curvature: (point: Float64Array) => Curvature,
  from: Float64Array,
  step: Float64Array,
  value: number,
  slope: number,
): { point: Float64Array; here: Curvature } | undefined {
  for (let halving = 0; halving < maxHalvings; halving++) {
    const length = 2 ** -halving;
    const point = from.map((one, at) => one - length * (step[at] ?? 0));
    const here = curvature(point);
    if (here.value < value && here.value <= value - 1e-4 * length * slope) return { point, here };
  }
  return undefined;
}

/** Solves `a x = b` for a symmetric positive definite `a` (row-major) by Cholesky's method. */
function solve(a: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  const factor = new Float64Array(n * n);
  const at = (row: number, column: number) => factor[row * n + column] ?? 0;
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = a[row * n + column] ?? 0;
      for (let k = 0; k < column; k++) sum -= at(row, k) * at(column, k);
      factor[row * n + column] = row === column ? Math.sqrt(sum) : sum / at(column, column);
    }
  }
  const x = Float64Array.from(b);
  for (let row = 0; row < n; row++) {
    let sum = x[row] ?? 0;
    for (let k = 0; k < row; k++) sum -= at(row, k) * (x[k] ?? 0);
    x[row] = sum / at(row, row);
  }
  for (let row = n - 1; row >= 0; row--) {
    let sum = x[row] ?? 0;
    for (let k = row + 1; k < n; k++) sum -= at(k, row) * (x[k] ?? 0);
    x[row] = sum / at(row, row);
  }
  return x;
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
