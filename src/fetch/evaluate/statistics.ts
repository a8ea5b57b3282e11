/** Statistics of paired samples. Undefined (too few values, no variance) is NULL, never 0. */

export type Numbers = ArrayLike<number>;

export function mean(values: Numbers): number | null {
  if (values.length === 0) return null;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0;
  return sum / values.length;
}

/** Sample deviation (n - 1); NULL of fewer than two values. */
export function sampleDeviation(values: Numbers): number | null {
  const centre = mean(values);
  if (centre === null || values.length < 2) return null;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += ((values[i] ?? 0) - centre) ** 2;
  return Math.sqrt(sum / (values.length - 1));
}

/** Pearson's correlation, the information coefficient of predictions and returns; NULL if either is constant. */
export function correlation(x: Numbers, y: Numbers): number | null {
  const [mx, my] = [mean(x), mean(y)];
  if (mx === null || my === null || isConstant(x) || isConstant(y)) return null;
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [(x[i] ?? 0) - mx, (y[i] ?? 0) - my];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  const scale = Math.sqrt(xx) * Math.sqrt(yy);
  return scale > 0 ? xy / scale : null;
}

/** Pearson's correlation of average ranks. */
export function rankCorrelation(x: Numbers, y: Numbers): number | null {
  return correlation(averageRanks(x), averageRanks(y));
}

/** Ranks from 1; equal values share the average of theirs. */
export function averageRanks(values: Numbers): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i);
  order.sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to] ?? 0] === values[order[from] ?? 0]) to++;
    for (let i = from; i < to; i++) ranks[order[i] ?? 0] = (from + 1 + to) / 2;
    from = to;
  }
  return ranks;
}

function isConstant(values: Numbers): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return true;
}

/** Skewness and kurtosis (3 of a normal distribution) with population moments; NULL without variance. */
export function shape(values: Numbers): { readonly skewness: number; readonly kurtosis: number } | null {
  const centre = mean(values);
  if (centre === null || isConstant(values)) return null;
  let [m2, m3, m4] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const d = (values[i] ?? 0) - centre;
    m2 += d * d;
    m3 += d * d * d;
    m4 += d * d * d * d;
  }
  const variance = m2 / values.length;
  return {
    skewness: m3 / values.length / variance ** 1.5,
    kurtosis: m4 / values.length / (variance * variance),
  };
}

/** The p-quantile of sorted values, linear between neighbours. */
export function quantileOfSorted(sorted: Numbers, p: number): number {
  const at = p * (sorted.length - 1);
  const below = Math.floor(at);
  const [a, b] = [sorted[below] ?? Number.NaN, sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN];
  return a + (at - below) * (b - a);
}

/** The standard normal distribution function, to 1e-14. */
export function normalCdf(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const tail = z < 3 ? 0.5 * (1 - erfSeries(z)) : 0.5 * erfcFraction(z);
  return x > 0 ? 1 - tail : tail;
}

function erfSeries(z: number): number {
  let [term, sum] = [z, z];
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum) && n < 200; n++) {
    term *= -(z * z) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

/** A continued fraction, from its end. */
function erfcFraction(z: number): number {
  let fraction = 0;
  for (let n = 120; n > 0; n--) fraction = n / 2 / (z + fraction);
  return Math.exp(-z * z) / Math.sqrt(Math.PI) / (z + fraction);
}
