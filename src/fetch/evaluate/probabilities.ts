/** How good probabilities of an event (1) against its absence (0) are. NULL of no values. */
import type { Numbers } from "./statistics.js";

/** Mean squared distance of probability and outcome (Brier 1950). */
export function brierScore(p: Numbers, y: Numbers): number | null {
  if (p.length === 0) return null;
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += ((p[i] ?? 0) - (y[i] ?? 0)) ** 2;
  return sum / p.length;
}

export interface CalibrationBin {
  /** The bin is (from, to]; the first one holds 0, too. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly meanProbability: number;
  readonly share: number;
}

/** Bins of equal width, those without values left out. */
export function calibration(p: Numbers, y: Numbers, bins: number): CalibrationBin[] {
  const sums = Array.from({ length: bins }, () => ({ count: 0, p: 0, y: 0 }));
  for (let i = 0; i < p.length; i++) {
    const bin = sums[binOf(p[i] ?? 0, bins)];
    if (bin === undefined) continue;
    bin.count++;
    bin.p += p[i] ?? 0;
    bin.y += y[i] ?? 0;
  }
  return sums.flatMap((bin, m) =>
    bin.count === 0
      ? []
      : [
          {
            from: m / bins,
            to: (m + 1) / bins,
            count: bin.count,
            meanProbability: bin.p / bin.count,
            share: bin.y / bin.count,
          },
        ],
  );
}

/** The m with (m / bins) < p <= (m + 1) / bins. */
function binOf(p: number, bins: number): number {
  let m = Math.min(Math.max(Math.ceil(p * bins) - 1, 0), bins - 1);
  while (m > 0 && p <= m / bins) m--;
  while (m < bins - 1 && p > (m + 1) / bins) m++;
  return m;
}

/** Expected calibration error: how far mean probability and share are apart, weighted by bin. */
export function calibrationError(p: Numbers, y: Numbers, bins: number): number | null {
  if (p.length === 0) return null;
  return calibration(p, y, bins).reduce(
    (sum, bin) => sum + (bin.count / p.length) * Math.abs(bin.meanProbability - bin.share),
    0,
  );
}

/** Area under precision over recall as average precision: equal probabilities count as one threshold. NULL without an event. */
export function averagePrecision(p: Numbers, y: Numbers): number | null {
  const order = Uint32Array.from({ length: p.length }, (_, i) => i);
  order.sort((a, b) => (p[b] ?? 0) - (p[a] ?? 0));
  let events = 0;
  for (let i = 0; i < y.length; i++) events += y[i] ?? 0;
  if (events === 0) return null;
  let [hits, area] = [0, 0];
  for (let from = 0; from < order.length; ) {
    let [to, found] = [from, 0];
    while (to < order.length && p[order[to] ?? 0] === p[order[from] ?? 0]) found += y[order[to++] ?? 0] ?? 0;
    hits += found;
    area += (found / events) * (hits / to);
    from = to;
  }
  return area;
}
