/** How far a distribution is from a reference. NULL if either has no values. */
import { type Numbers, quantileOfSorted } from "./statistics.js";

/** Shares below this count as this. */
export const smallestShare = 1e-4;

/**
 * Population stability index: sum (a - e) ln(a / e) over bins between the reference's inner quantiles i / bins, duplicates
 * removed. A value on an edge belongs to the bin below it. Shares are not made to sum to 1 again.
 */
export function stabilityIndex(
  reference: Numbers,
  actual: Numbers,
  bins: number,
  eps = smallestShare,
): number | null {
  if (reference.length === 0 || actual.length === 0) return null;
  const sorted = Float64Array.from(reference).sort();
  const quantiles = Array.from({ length: bins - 1 }, (_, i) => quantileOfSorted(sorted, (i + 1) / bins));
  const edges = [...new Set(quantiles)];
  const [expected, found] = [shares(reference, edges), shares(actual, edges)];
  return expected.reduce((sum, share, bin) => {
    const [e, a] = [Math.max(share, eps), Math.max(found[bin] ?? 0, eps)];
    return sum + (a - e) * Math.log(a / e);
  }, 0);
}

function shares(values: Numbers, edges: readonly number[]): number[] {
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (let i = 0; i < values.length; i++) {
    let [low, high] = [0, edges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((edges[middle] ?? 0) < (values[i] ?? 0)) low = middle + 1;
      else high = middle;
    }
    counts[low] = (counts[low] ?? 0) + 1;
  }
  return counts.map((count) => count / values.length);
}

/** Kolmogorov and Smirnov: the largest distance of the two empirical distribution functions. */
export function largestDistance(reference: Numbers, actual: Numbers): number | null {
  if (reference.length === 0 || actual.length === 0) return null;
  const [a, b] = [Float64Array.from(reference).sort(), Float64Array.from(actual).sort()];
  let [i, j, largest] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const x = Math.min(a[i] ?? 0, b[j] ?? 0);
    while (i < a.length && (a[i] ?? 0) <= x) i++;
    while (j < b.length && (b[j] ?? 0) <= x) j++;
    largest = Math.max(largest, Math.abs(i / a.length - j / b.length));
  }
  return largest;
}
