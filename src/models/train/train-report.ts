/** What a command that fits a model says of it, and leaves beside it in models/. */

import { FeatureError } from "../../errors.js";
import type { ModelFolder } from "../model-folder.js";
import type { ModelSample } from "../model-sample.js";
import { labelClasses } from "../stock-contract.js";
import type { CalibrationMethod } from "./calibration-method.js";
import { type BaselineModel, type BaselineOptions, predictBaseline } from "./fit-baseline.js";
import type { TrainingRow } from "./training-set.js";
import type { WalkForward } from "./walk-forward.js";

export interface TrainReport extends WalkForward {
  readonly model: string;
  readonly version: number;
  readonly vector: string;
  readonly label: string;
  /** Rows with a class, and of these the ones that no NULL rule leaves out. */
  readonly rows: number;
  readonly usedRows: number;
  /** Rows of each class among those used. */
  readonly classes: readonly { readonly class: number; readonly rows: number }[];
  readonly fittedRows: number;
  readonly calibratedRows: number;
  readonly l2: number;
  readonly calibration: CalibrationMethod;
  /** The largest distance between what was fitted, in float64, and what ONNX Runtime answers. */
  readonly exportError: number;
  /** Names in models/. */
  readonly files: readonly string[];
}

/** How many rows there are of each class. */
export function countClasses(rows: readonly TrainingRow[]): TrainReport["classes"] {
  return labelClasses.map((one) => ({ class: one, rows: rows.filter(({ label }) => label === one).length }));
}

/** What answers may differ by: the graph works in float32. */
const tolerance = 1e-5;

/**
 * The largest distance between what was fitted and what the written model answered to the same rows.
 * @throws FeatureError FS_MODEL_MISMATCH when it is above 1e-5, or one of them answered nothing: such a file must not be written
 */
export function checkExport(
  model: BaselineModel,
  { nullRules }: Pick<BaselineOptions, "nullRules">,
  rows: readonly TrainingRow[],
  { model: object, answers }: Pick<ModelSample, "model" | "answers">,
): number {
  const errors = rows.flatMap((row, place) =>
    predictBaseline(model, nullRules, row).map((p, k) =>
      Math.abs(p - (answers[place]?.probabilities?.[k] ?? Number.NaN)),
    ),
  );
  const wrong = errors.find((error) => !(error <= tolerance));
  if (wrong !== undefined) {
    const message = `The graph of ${object} answers other than what was fitted: ${wrong} apart, at most ${tolerance} is expected. Nothing was written.`;
    throw new FeatureError("FS_MODEL_MISMATCH", message, { object });
  }
  return Math.max(0, ...errors);
}

/** Writes the report into models/, and returns it with its own name among the files. */
export async function writeReport(folder: ModelFolder, report: TrainReport): Promise<TrainReport> {
  const file = `${report.model}_v${report.version}.report.json`;
  const full = { ...report, files: [...report.files, file] };
  await folder.write(file, `${JSON.stringify(full, null, 2)}\n`);
  return full;
}
