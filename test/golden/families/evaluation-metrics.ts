/** Each metric by the name that a case expects, computed by what `feature evaluate` computes it with. */
import { largestDistance, smallestShare, stabilityIndex } from "../../../src/fetch/evaluate/drift.js";
import { evaluateRows } from "../../../src/fetch/evaluate/evaluate-rows.js";
import { brierScore, calibrationError } from "../../../src/fetch/evaluate/probabilities.js";
import { type Numbers, shape } from "../../../src/fetch/evaluate/statistics.js";
import {
  annualised,
  maxDrawdown,
  probabilisticSharpe,
  profits,
  sharpeRatio,
} from "../../../src/fetch/evaluate/trading.js";
import type { Adapter } from "../adapter.js";

type Fields = Readonly<Record<string, unknown>>;

/** Every name that is known. */
const metrics: Readonly<Record<string, (fields: Fields) => unknown>> = {
  ic: (fields) => coefficients(fields).metrics.ic,
  rank_ic: (fields) => coefficients(fields).metrics.rankIc,
  ic_by_period: (fields) => coefficients(fields).periods.map(({ ic }) => ic),
  ic_mean: (fields) => coefficients(fields).metrics.icMean,
  ic_ir: (fields) => coefficients(fields).metrics.icIr,
  psi: (fields) => {
    const [bins, eps] = [one(fields, 10, "B", "bins", "n_bins"), one(fields, smallestShare, "eps")];
    return stabilityIndex(reference(fields), list(fields, "act", "actual"), bins, eps);
  },
  ks: (fields) => largestDistance(reference(fields), list(fields, "act", "actual")),
  brier: (fields) => brierScore(list(fields, "p", "prob"), list(fields, "y", "outcome")),
  ece: (fields) => {
    const bins = one(fields, 10, "M", "bins", "n_bins");
    return calibrationError(list(fields, "p", "prob"), list(fields, "y", "outcome"), bins);
  },
  pnl: (fields) => Array.from(pnl(fields)),
  sharpe: (fields) => sharpeRatio(pnl(fields)),
  sharpe_bar: (fields) => sharpeRatio(pnl(fields)),
  sharpe_ann: (fields) => {
    const seconds = one(fields, 60, "mean_bar_seconds", "mean_bar_s", "bar_seconds");
    return annualised(sharpeRatio(pnl(fields)), seconds);
  },
  psr: (fields) => probabilisticSharpe(pnl(fields)),
  max_drawdown: (fields) => maxDrawdown(pnl(fields)),
  skew: (fields) => shape(pnl(fields))?.skewness ?? null,
  kurtosis: (fields) => shape(pnl(fields))?.kurtosis ?? null,
};

export const evaluationMetrics: Adapter = async ({ inputs, params, expected }) => {
  const fields: Fields = { ...(inputs as Fields), ...(params as Fields) };
  const names = Object.keys(expected as Fields);
  return {
    actual: Object.fromEntries(
      names.flatMap((name) => {
        const metric = metrics[name];
        return metric === undefined ? [] : [[name, metric(fields)]];
      }),
    ),
    notCovered: Object.fromEntries(
      names.filter((name) => !(name in metrics)).map((name) => [name, "no metric has this name"]),
    ),
  };
};

/** The input of one of these names. */
function list(fields: Fields, ...names: readonly string[]): Numbers {
  const found = names.map((name) => fields[name]).find((value): value is number[] => Array.isArray(value));
  if (found === undefined) throw new Error(`the case has no ${names.join(" or ")}`);
  return found;
}

function one(fields: Fields, fallback: number, ...names: readonly string[]): number {
  return names.map((name) => fields[name]).find((value) => typeof value === "number") ?? fallback;
}

const reference = (fields: Fields): Numbers => list(fields, "ref", "reference", "expected");

function pnl(fields: Fields): Numbers {
  const [positions, returns] = [
    list(fields, "pos", "position", "positions"),
    list(fields, "r", "returns", "ret"),
  ];
  return profits(positions, returns, one(fields, 0, "c", "cost"));
}

/** Period p is the p-th millisecond, so that the rows of a period are those of one `periodMs`. */
function coefficients(fields: Fields) {
  const [prediction, label] = [list(fields, "pred"), list(fields, "ret")];
  const period = Array.isArray(fields.period) ? (fields.period as number[]) : Array.from(prediction, () => 0);
  const places = period.map((_, place) => place).sort((x, y) => (period[x] ?? 0) - (period[y] ?? 0));
  const pick = (values: Numbers) => Float64Array.from(places, (place) => values[place] ?? 0);
  const rows = {
    time: pick(period),
    end: undefined,
    prediction: pick(prediction),
    label: pick(label),
    probability: undefined,
    outcome: undefined,
    position: new Float64Array(places.length),
    instrument: undefined,
    group: undefined,
    reference: undefined,
  };
  const options = { periodMs: 1, fewestOfPeriod: 2, samples: 0, seed: 1, level: 0.95 };
  return evaluateRows(rows, { ...options, bins: 10, cost: 0 });
}
