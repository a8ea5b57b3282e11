/** All metrics of predictions against what came, as plain data. */
import { blockBootstrap, type Interval } from "./bootstrap.js";
import { largestDistance, stabilityIndex } from "./drift.js";
import {
  averagePrecision,
  brierScore,
  type CalibrationBin,
  calibration,
  calibrationError,
} from "./probabilities.js";
import { correlation, mean, rankCorrelation, sampleDeviation } from "./statistics.js";
import { annualised, maxDrawdown, probabilisticSharpe, profits, sharpeRatio, turnover } from "./trading.js";

export interface EvaluationRows {
  /** ms; in order. */
  readonly time: Float64Array;
  /** When each label was known, in ms; undefined: labels do not overlap. */
  readonly end: Float64Array | undefined;
  readonly prediction: Float64Array;
  readonly label: Float64Array;
  readonly probability: Float64Array | undefined;
  readonly outcome: Float64Array | undefined;
  readonly position: Float64Array;
  /** Whose position it is: positions of different instruments are apart. Undefined: all rows are of one. */
  readonly instrument: readonly string[] | undefined;
  readonly group: readonly string[] | undefined;
  /** Of the predictions that a model was trained on. */
  readonly reference: Float64Array | undefined;
}

export interface EvaluationOptions {
  readonly bins: number;
  /** Simple return that a change of position by 1 costs. */
  readonly cost: number;
  readonly periodMs: number;
  /** A period of fewer rows has no IC. */
  readonly fewestOfPeriod: number;
  readonly samples: number;
  readonly seed: number;
  readonly level: number;
}

export interface Metrics {
  readonly rows: number;
  readonly ic: number | null;
  readonly rankIc: number | null;
  readonly icMean: number | null;
  /** Mean over sample deviation of the IC by period, not annualised. */
  readonly icIr: number | null;
  readonly brier: number | null;
  readonly ece: number | null;
  readonly aucPr: number | null;
  readonly sharpe: number | null;
  readonly sharpeAnnual: number | null;
  readonly psr: number | null;
  readonly maxDrawdown: number | null;
  readonly turnover: number | null;
  readonly meanPnl: number | null;
  readonly psi: number | null;
  readonly ks: number | null;
}

export interface Evaluation {
  readonly metrics: Metrics;
  readonly intervals: {
    readonly ic: Interval | null;
    readonly rankIc: Interval | null;
    readonly sharpe: Interval | null;
  };
  /** Neighbours that the bootstrap keeps together, and the most labels that run at one time. */
  readonly block: number;
  readonly overlap: number;
  readonly periods: readonly { readonly from: number; readonly rows: number; readonly ic: number | null }[];
  readonly groups: readonly { readonly group: string; readonly metrics: Metrics }[];
  readonly calibration: readonly CalibrationBin[];
  /** Summed pnl at up to 400 moments. */
  readonly equity: readonly { readonly time: number; readonly pnl: number }[];
}

export function evaluateRows(rows: EvaluationRows, options: EvaluationOptions): Evaluation {
  const { time, prediction, label, probability, outcome } = rows;
  const overlap = overlapOf(rows);
  const instruments = new Set(rows.instrument ?? [""]).size;
  // Rows of several instruments lie between each other.
  const block = Math.max(overlap * instruments, Math.ceil(time.length ** (1 / 3)));
  const bootstrap = { samples: options.samples, seed: options.seed, level: options.level, block };
  const periods = byPeriod(rows, options);
  const bars = barsOf(rows, overlap, options.cost);
  const pnl = bars.map((bar) => bar.pnl);
  const pick = (values: ArrayLike<number>, places: Uint32Array) =>
    Float64Array.from(places, (place) => values[place] ?? 0);
  const pairs = (statistic: (x: Float64Array, y: Float64Array) => number | null) =>
    blockBootstrap(
      time.length,
      (places) => statistic(pick(prediction, places), pick(label, places)),
      bootstrap,
    );
  const groups = [...new Set(rows.group ?? [])].sort();
  return {
    metrics: metricsOf(rows, options, overlap),
    intervals: {
      ic: pairs(correlation),
      rankIc: pairs(rankCorrelation),
      sharpe: blockBootstrap(pnl.length, (places) => sharpeRatio(pick(pnl, places)), bootstrap),
    },
    block,
    overlap,
    periods,
    groups: groups.map((group) => ({ group, metrics: metricsOf(ofGroup(rows, group), options, overlap) })),
    calibration:
      probability === undefined || outcome === undefined
        ? []
        : calibration(probability, outcome, options.bins),
    equity: summed(bars),
  };
}

/** Running sums at up to 400 moments, the last one among them. */
function summed(bars: readonly Bar[]): Bar[] {
  const stride = Math.max(1, Math.ceil(bars.length / 400));
  let sum = 0;
  return bars.flatMap(({ time, pnl }, place) => {
    sum += pnl;
    return place % stride === stride - 1 || place === bars.length - 1 ? [{ time, pnl: sum }] : [];
  });
}

interface Bar {
  readonly time: number;
  readonly pnl: number;
}

/**
 * What positions earned by bar, in order of time. A position is decided at a row and earns that row's label by the next one; labels that overlap
 * h-fold are earned by an h-th each, as if one h-th of the capital followed every row.
 */
function barsOf(
  { time, end, position, label, instrument }: EvaluationRows,
  overlap: number,
  cost: number,
): Bar[] {
  return seriesOf(time.length, instrument)
    .flatMap((places): Bar[] => {
      const last = places.at(-1);
      if (last === undefined) return [];
      const positions = [...places, last].map((place) => position[place] ?? 0);
      const returns = [0, ...places.map((place) => Math.expm1(label[place] ?? 0) / overlap)];
      const times = [...places.map((place) => time[place] ?? 0), end?.[last] ?? time[last] ?? 0];
      const pnl = profits(positions, returns, cost / overlap);
      return times.map((at, bar) => ({ time: at, pnl: pnl[bar] ?? 0 }));
    })
    .sort((x, y) => x.time - y.time);
}

/** Places of the rows of each instrument, in order. */
function seriesOf(rows: number, instrument: readonly string[] | undefined): number[][] {
  const series = new Map<string, number[]>();
  for (let place = 0; place < rows; place++) {
    const name = instrument?.[place] ?? "";
    const places = series.get(name);
    if (places === undefined) series.set(name, [place]);
    else places.push(place);
  }
  return [...series.values()];
}

/** Mean change of position by row, over all instruments. */
function turnoverOf({ time, position, instrument }: EvaluationRows): number | null {
  const series = seriesOf(time.length, instrument).map((places) =>
    places.map((place) => position[place] ?? 0),
  );
  const total = series.reduce((sum, positions) => sum + (turnover(positions) ?? 0) * positions.length, 0);
  return time.length === 0 ? null : total / time.length;
}

function metricsOf(rows: EvaluationRows, options: EvaluationOptions, overlap: number): Metrics {
  const { time, prediction, label, probability, outcome, reference } = rows;
  const pnl = barsOf(rows, overlap, options.cost).map((bar) => bar.pnl);
  const ics = byPeriod(rows, options).flatMap(({ ic }) => (ic === null ? [] : [ic]));
  const deviation = sampleDeviation(ics);
  const icMean = mean(ics);
  const sharpe = sharpeRatio(pnl);
  const seconds = time.length < 2 ? null : ((time.at(-1) ?? 0) - (time[0] ?? 0)) / 1000 / (time.length - 1);
  const judged = probability !== undefined && outcome !== undefined;
  return {
    rows: time.length,
    ic: correlation(prediction, label),
    rankIc: rankCorrelation(prediction, label),
    icMean,
    icIr: icMean === null || deviation === null || deviation === 0 ? null : icMean / deviation,
    brier: judged ? brierScore(probability, outcome) : null,
    ece: judged ? calibrationError(probability, outcome, options.bins) : null,
    aucPr: judged ? averagePrecision(probability, outcome) : null,
    sharpe,
    sharpeAnnual: annualised(sharpe, seconds),
    psr: probabilisticSharpe(pnl),
    maxDrawdown: pnl.length === 0 ? null : maxDrawdown(pnl),
    turnover: turnoverOf(rows),
    meanPnl: mean(pnl),
    psi: reference === undefined ? null : stabilityIndex(reference, prediction, options.bins),
    ks: reference === undefined ? null : largestDistance(reference, prediction),
  };
}

/** The most labels of one instrument that are open at one moment, the one that begins included. */
function overlapOf({ time, end, instrument }: EvaluationRows): number {
  if (end === undefined) return 1;
  let most = 1;
  for (const places of seriesOf(time.length, instrument)) {
    let first = 0;
    for (let i = 0; i < places.length; i++) {
      while (first < i && (end[places[first] ?? 0] ?? 0) <= (time[places[i] ?? 0] ?? 0)) first++;
      most = Math.max(most, i - first + 1);
    }
  }
  return most;
}

function byPeriod(
  { time, prediction, label }: EvaluationRows,
  { periodMs, fewestOfPeriod }: EvaluationOptions,
) {
  const periods: { from: number; rows: number; ic: number | null }[] = [];
  for (let begin = 0; begin < time.length; ) {
    const period = Math.floor((time[begin] ?? 0) / periodMs);
    let next = begin;
    while (next < time.length && Math.floor((time[next] ?? 0) / periodMs) === period) next++;
    const rows = next - begin;
    const ic =
      rows < fewestOfPeriod
        ? null
        : correlation(prediction.subarray(begin, next), label.subarray(begin, next));
    periods.push({ from: period * periodMs, rows, ic });
    begin = next;
  }
  return periods;
}

function ofGroup(rows: EvaluationRows, group: string): EvaluationRows {
  const places = (rows.group ?? []).flatMap((one, place) => (one === group ? [place] : []));
  const pick = (values: Float64Array) => Float64Array.from(places, (place) => values[place] ?? 0);
  const maybe = (values: Float64Array | undefined) => (values === undefined ? undefined : pick(values));
  return {
    ...rows,
    time: pick(rows.time),
    end: maybe(rows.end),
    prediction: pick(rows.prediction),
    label: pick(rows.label),
    probability: maybe(rows.probability),
    outcome: maybe(rows.outcome),
    position: pick(rows.position),
    instrument:
      rows.instrument === undefined ? undefined : places.map((place) => rows.instrument?.[place] ?? ""),
    group: undefined,
  };
}
