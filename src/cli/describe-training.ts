import type { Scores } from "../models/train/scores.js";
import type { TrainReport } from "../models/train/train-report.js";
import { countText, plural } from "./count-text.js";
import { renderTable } from "./render-table.js";

const time = (ms: number) => new Date(ms).toISOString().slice(0, 19).replace("T", " ");
const cells = ({ rows, logLoss, baseLogLoss, skill, brier, accuracy, ece, rankIc }: Scores) => [
  rows,
  logLoss.toFixed(4),
  baseLogLoss.toFixed(4),
  skill.toFixed(4),
  brier.toFixed(4),
  accuracy.toFixed(3),
  ece.toFixed(3),
  rankIc === null ? null : rankIc.toFixed(3),
];

/** The walk-forward report as a table, and what was written. */
export function describeTraining(report: TrainReport): string {
  const { model, version, vector, label, rows, usedRows, classes, folds, overall, files, exportError } =
    report;
  const table = renderTable(
    [
      "predicted from (UTC)",
      "fitted to",
      "rows",
      "log loss",
      "base",
      "skill",
      "brier",
      "accuracy",
      "ece",
      "rank ic",
    ],
    [
      ...folds.map((fold) => [time(fold.from), fold.fittedRows, ...cells(fold)]),
      ["all of them", "", ...cells(overall)],
    ],
  );
  const shares = classes.map((one) => `${countText(one.rows)} of ${one.class}`).join(", ");
  return (
    `${model} ${version}: ${label} from ${vector}, ${plural(usedRows, "row")} of ${countText(rows)} used (${shares}).\n` +
    `Walk-forward, ${report.calibration} calibration: each stretch predicted by a model that was fitted to what came before.\n\n${table}\n` +
    "skill above 0: better than predicting each class by its frequency. Costs are not counted.\n" +
    `Wrote models/${files.join(", models/")}; ONNX Runtime reproduces the fit to ${exportError.toExponential(0)}.\n` +
    `Next: feature models register ${model}\n`
  );
}
