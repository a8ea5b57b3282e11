/** Each metric by the name that a case expects; what a case's inputs hold decides which there are. */
import { largestDistance, stabilityIndex } from "../../../src/fetch/evaluate/drift.js";
import { brierScore, calibrationError } from "../../../src/fetch/evaluate/probabilities.js";
import {
  correlation,
  mean,
  type Numbers,
  rankCorrelation,
  sampleDeviation,
  shape,
} from "../../../src/fetch/evaluate/statistics.js";
import {
  annualised,
  maxDrawdown,
  probabilisticSharpe,
  profits,
  sharpeRatio,
} from "../../../src/fetch/evaluate/trading.js";
import type { Adapter } from "../adapter.js";

type Fields = Readonly<Record<string, unknown>>;

export const evaluationMetrics: Adapter = async ({ inputs, params, expected }) => {
  const fields: Fields = { ...(inputs as Fields), ...(params as Fields) };
  const list = (...names: readonly string[]): Numbers | undefined =>
    names.map((name) => fields[name]).find((value): value is number[] => Array.isArray(value));
  const one = (fallback: number, ...names: readonly string[]): number =>
    names.map((name) => fields[name]).find((value) => typeof value === "number") ?? fallback;
  const found: Record<string, unknown> = {};
  const [pred, ret, period] = [list("pred"), list("ret"), list("period")];
  if (pred !== undefined && ret !== undefined) Object.assign(found, coefficients(pred, ret, period));
  const [reference, actual] = [list("ref", "reference", "expected"), list("act", "actual")];
  if (reference !== undefined && actual !== undefined) {
    found.psi = stabilityIndex(reference, actual, one(10, "B", "bins", "n_bins"), one(1e-4, "eps"));
    found.ks = largestDistance(reference, actual);
  }
  const [p, y] = [list("p", "prob"), list("y", "outcome")];
  if (p !== undefined && y !== undefined) {
    found.brier = brierScore(p, y);
    found.ece = calibrationError(p, y, one(10, "M", "bins", "n_bins"));
  }
  const [positions, returns] = [list("pos", "position", "positions"), list("r", "returns", "ret")];
  if (positions !== undefined && returns !== undefined) {
    const pnl = profits(positions, returns, one(0, "c", "cost"));
    const sharpe = sharpeRatio(pnl);
    found.pnl = [...pnl];
    found.sharpe = sharpe;
    found.sharpe_bar = sharpe;
    found.sharpe_ann = annualised(sharpe, one(60, "mean_bar_seconds", "mean_bar_s", "bar_seconds"));
    found.psr = probabilisticSharpe(pnl);
    found.max_drawdown = maxDrawdown(pnl);
    found.skew = shape(pnl)?.skewness ?? null;
    found.kurtosis = shape(pnl)?.kurtosis ?? null;
  }
  // Other values of the same inputs than the case asks for are left out.
  const wanted = Object.keys(expected as Fields);
  return {
    actual: Object.fromEntries(Object.entries(found).filter(([name]) => wanted.includes(name))),
    notCovered: Object.fromEntries(
      wanted
        .filter((name) => !(name in found))
        .map((name) => [name, "no metric of this name is known to the adapter"]),
    ),
  };
};

function coefficients(pred: Numbers, ret: Numbers, period: Numbers | undefined): Fields {
  const names = [...new Set(Array.from(period ?? []))];
  const byPeriod = names.map((name) => {
    const places = Array.from(period ?? []).flatMap((value, place) => (value === name ? [place] : []));
    const pick = (values: Numbers) => places.map((place) => values[place] ?? 0);
    return correlation(pick(pred), pick(ret));
  });
  const known = byPeriod.flatMap((value) => (value === null ? [] : [value]));
  const [average, deviation] = [mean(known), sampleDeviation(known)];
  return {
    ic: correlation(pred, ret),
    rank_ic: rankCorrelation(pred, ret),
    ic_by_period: byPeriod,
    ic_mean: average,
    ic_ir: average === null || deviation === null || deviation === 0 ? null : average / deviation,
  };
}
