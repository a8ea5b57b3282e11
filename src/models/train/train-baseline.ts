/** `feature models train baseline`: from rows to an ONNX file, its contract, its sample and its report. */
import type { VectorIdentity } from "../../compile/vector-identity.js";
import type { Reader } from "../../engine/port.js";
import { FeatureError } from "../../errors.js";
import type { TableName } from "../../schema/object.js";
import type { VectorSpec } from "../../spec/model.js";
import type { ModelContract } from "../../spec/model-contract.js";
import { LoadedModel } from "../loaded-model.js";
import type { ModelFolder } from "../model-folder.js";
import { packRow } from "../model-row.js";
import { takeSample } from "../model-sample.js";
import { encodeOnnx } from "../onnx/encode-onnx.js";
import { logisticGraph } from "../onnx/logistic-graph.js";
import { labelClasses, stockContract } from "../stock-contract.js";
import { writeModel } from "../write-model.js";
import { type CalibrationMethod, calibrationShare } from "./calibration-method.js";
import { type BaselineModel, type BaselineOptions, fitBaseline, isUsable } from "./fit-baseline.js";
import { noClassedRows, noUsableRows } from "./no-training-rows.js";
import { readTrainingRows } from "./read-training-rows.js";
import { checkExport, countClasses, type TrainReport, writeReport } from "./train-report.js";
import type { TrainingRow } from "./training-set.js";
import { walkForward } from "./walk-forward.js";

export interface TrainRequest {
  readonly reader: Reader;
  readonly vector: VectorSpec;
  readonly identity: VectorIdentity;
  readonly label: string;
  readonly tables: { readonly vector: TableName; readonly label: TableName };
  readonly folder: ModelFolder;
  /** The model's name, and its contract if it has one already: what people wrote there stays. */
  readonly model: string;
  readonly known: ModelContract | undefined;
  readonly l2: number;
  readonly folds: number;
  readonly calibration: CalibrationMethod;
}

const sampleRows = 16;

/** Equal rows and options give equal files. */
export async function trainBaseline(request: TrainRequest): Promise<TrainReport> {
  const { vector, label, l2, folds, folder, calibration } = request;
  const nullRules = vector.features.map(({ onNull }) => onNull);
  refuseNaN(vector);
  const rows = await readTrainingRows(request.reader, vector, request.tables);
  const used = rows.filter((row) => isUsable(row, nullRules));
  if (rows.length === 0)
    throw await noClassedRows(request.reader, { vector: vector.name, label }, request.tables.label);
  if (used.length === 0) throw noUsableRows(rows, vector, label);
  const options: BaselineOptions = { classes: labelClasses, nullRules, l2, calibrationShare, calibration };
  const report = walkForward(used, options, folds);
  const model = fitBaseline(used, options);
  const version = (request.known?.version ?? 0) + 1;
  const written = await exportModel(request, { model, version, options, sample: spread(used) });
  const full: TrainReport = {
    model: request.model,
    version,
    vector: vector.name,
    label,
    rows: rows.length,
    usedRows: used.length,
    classes: countClasses(used),
    fittedRows: model.fittedRows,
    calibratedRows: model.calibratedRows,
    l2,
    calibration,
    ...report,
    ...written,
  };
  return writeReport(folder, full);
}

/** @throws FeatureError FS_MODEL_TRAINING_SET when a feature may come as NaN */
export function refuseNaN(vector: VectorSpec): void {
  const keeps = vector.features.find(({ onNull }) => onNull === "keep");
  if (keeps === undefined) return;
  throw new FeatureError(
    "FS_MODEL_TRAINING_SET",
    `A regression can not be fitted to NaN, which on_null: keep of ${keeps.view}.${keeps.column} gives.`,
    { object: vector.name, at: keeps.at, hint: "Use a vector whose features say reject, zero or mean." },
  );
}

/** Rows at equal distances, the first and the last among them. */
export function spread<Row>(rows: readonly Row[]): Row[] {
  const count = Math.min(sampleRows, rows.length);
  const places = Array.from({ length: count }, (_, at) =>
    Math.round((at * (rows.length - 1)) / Math.max(1, count - 1)),
  );
  return places.flatMap((place) => rows[place] ?? []);
}

interface Fitted {
  readonly model: BaselineModel;
  readonly version: number;
  readonly options: BaselineOptions;
  readonly sample: readonly TrainingRow[];
}

async function exportModel(
  { vector, identity, label, folder, model: name, known }: TrainRequest,
  { model, version, options, sample }: Fitted,
): Promise<Pick<TrainReport, "files" | "exportError">> {
  const contract = stockContract({
    name,
    version,
    vector,
    identity,
    inputs: [{ name: "x", shape: [1, vector.features.length], features: "all", at: vector.at }],
    normalise: { mean: model.mean, scale: model.scale },
  });
  const bytes = encodeOnnx(logisticGraph(name, model.weights, { vector: vector.name, label, ...identity }));
  const loaded = await LoadedModel.open(contract, vector, bytes);
  const windows = sample.map(({ features, availableAt }) => [
    packRow(features, { bucketId: 1, availableAt }),
  ]);
  const taken = await takeSample(loaded, windows);
  await loaded.release();
  const exportError = checkExport(model, options, sample, taken);

  const files = await writeModel(folder, {
    contract,
    bytes,
    sample: taken,
    made: {
      comment:
        "Written by `feature models train baseline`; what you add here stays when it is trained again.",
      description: `Multinomial logistic regression of ${label} on ${vector.name}, ${calibrationWords[options.calibration]}`,
    },
    isKnown: known !== undefined,
  });
  return { files, exportError };
}

const calibrationWords: Readonly<Record<CalibrationMethod, string>> = {
  platt: "calibrated by Platt's scaling",
  isotonic: "with isotonic calibration",
};
