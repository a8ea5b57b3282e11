import { FeatureError } from "../../errors.js";
import { type BaselineOptions, fitBaseline, predictBaseline } from "./fit-baseline.js";
import { type ScoredRow, type Scores, scoreRows } from "./scores.js";
import { knownBefore, type TrainingRow } from "./training-set.js";

export interface Fold extends Scores {
  /** Epoch ms: the first and the last row that was predicted. */
  readonly from: number;
  readonly to: number;
  readonly fittedRows: number;
  readonly calibratedRows: number;
}

export interface WalkForward {
  readonly folds: readonly Fold[];
  /** All predicted rows together. */
  readonly overall: Scores;
}

/**
 * Predicts each of `folds` consecutive stretches with a model that was fitted to what came before: the first stretch's share of the
 * rows is for fitting only. Rows whose label was not known when a stretch begins are left out of its fit (purged).
 */
export function walkForward(
  rows: readonly TrainingRow[],
  options: BaselineOptions,
  folds: number,
): WalkForward {
  const size = Math.floor(rows.length / (folds + 1));
  if (size < 1) {
    throw new FeatureError(
      "FS_MODEL_TRAINING_SET",
      `${rows.length} rows can not be cut into ${folds + 1} stretches.`,
    );
  }
  const scored: ScoredRow[] = [];
  const baseline: number[] = [];
  const results = Array.from({ length: folds }, (_, fold): Fold => {
    const start = size * (fold + 1);
    const test = rows.slice(start, fold === folds - 1 ? rows.length : start + size);
    const from = test[0]?.availableAt ?? 0;
    const before = knownBefore(rows.slice(0, start), from);
    const model = fitBaseline(before, options, `Fold ${fold + 1} of the report`);
    const predicted = test.map((row) =>
      scoredRow(row, predictBaseline(model, options.nullRules, row), options),
    );
    const shares = sharesOf(before, options.classes);
    const scores = scoreRows(predicted, shares);
    scored.push(...predicted);
    baseline.push(scores.baseLogLoss * predicted.length);
    const { fittedRows, calibratedRows } = model;
    return { from, to: test.at(-1)?.availableAt ?? 0, fittedRows, calibratedRows, ...scores };
  });
  const all = scoreRows(scored, sharesOf(rows, options.classes));
  // Each fold has shares of its own: the loss of always naming them is theirs together.
  const baseLogLoss = baseline.reduce((sum, loss) => sum + loss, 0) / scored.length;
  return { folds: results, overall: { ...all, baseLogLoss, skill: 1 - all.logLoss / baseLogLoss } };
}

function scoredRow(
  row: TrainingRow,
  probabilities: readonly number[],
  { classes }: BaselineOptions,
): ScoredRow {
  return {
    probabilities,
    target: classes.indexOf(row.label),
    lean: probabilities.reduce((sum, p, k) => sum + p * Math.sign(classes[k] ?? 0), 0),
    rawReturn: row.rawReturn,
  };
}

function sharesOf(rows: readonly TrainingRow[], classes: readonly number[]): number[] {
  return classes.map((label) => rows.filter((row) => row.label === label).length / rows.length);
}
