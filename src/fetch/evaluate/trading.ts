/** What positions would have earned. Positions are decided at the end of a bar and held over the next one. */
import { mean, type Numbers, normalCdf, sampleDeviation, shape } from "./statistics.js";

const secondsPerYear = 365 * 86_400;

/** pnl_t = pos_{t-1} r_t - c |pos_t - pos_{t-1}|, from no position. Returns and costs are simple and in the same unit. */
export function profits(positions: Numbers, returns: Numbers, cost: number): Float64Array {
  return Float64Array.from({ length: positions.length }, (_, t) => {
    const before = t === 0 ? 0 : (positions[t - 1] ?? 0);
    return before * (returns[t] ?? 0) - cost * Math.abs((positions[t] ?? 0) - before);
  });
}

/** Mean over sample deviation, by bar; NULL of fewer than two bars or without variance. */
export function sharpeRatio(pnl: Numbers): number | null {
  const [centre, deviation] = [mean(pnl), sampleDeviation(pnl)];
  return centre === null || deviation === null || deviation === 0 ? null : centre / deviation;
}

/** By year of 365 days, with the mean length of the bars as they were. */
export function annualised(sharpe: number | null, meanBarSeconds: number | null): number | null {
  if (sharpe === null || meanBarSeconds === null || !(meanBarSeconds > 0)) return null;
  return sharpe * Math.sqrt(secondsPerYear / meanBarSeconds);
}

/** Probability that the true Sharpe ratio is above 0 (Bailey & López de Prado 2012). */
export function probabilisticSharpe(pnl: Numbers): number | null {
  const [sharpe, moments] = [sharpeRatio(pnl), shape(pnl)];
  if (sharpe === null || moments === null) return null;
  const variance = 1 - moments.skewness * sharpe + ((moments.kurtosis - 1) / 4) * sharpe * sharpe;
  return variance > 0 ? normalCdf((sharpe * Math.sqrt(pnl.length - 1)) / Math.sqrt(variance)) : null;
}

/** The largest fall of the summed pnl below its highest value before, 0 included. */
export function maxDrawdown(pnl: Numbers): number {
  let [sum, highest, largest] = [0, 0, 0];
  for (let t = 0; t < pnl.length; t++) {
    sum += pnl[t] ?? 0;
    highest = Math.max(highest, sum);
    largest = Math.max(largest, highest - sum);
  }
  return largest;
}

/** Mean change of position by bar, the first one from none; NULL of no bars. */
export function turnover(positions: Numbers): number | null {
  return mean(
    Float64Array.from({ length: positions.length }, (_, t) =>
      Math.abs((positions[t] ?? 0) - (t === 0 ? 0 : (positions[t - 1] ?? 0))),
    ),
  );
}
