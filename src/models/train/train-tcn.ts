/**
 * `feature models train tcn`: DeepLOB-TCN whose convolutions stay as they were drawn and whose last layer is fitted. Random
 * convolutions with a fitted linear reader are a known way (Dempster, Petitjean, Webb 2020, ROCKET; Huang 2006, extreme
 * learning machines) that needs no gradient through the network, so it runs here on a processor in seconds to minutes.
 */
import { FeatureError } from "../../errors.js";
import { instrumentName } from "../../spec/model.js";
import { buildInputs, planInputs, refuseWindow } from "../input-plan.js";
import { LoadedModel } from "../loaded-model.js";
import type { ModelRow } from "../model-row.js";
import { takeSample } from "../model-sample.js";
import { ModelSession } from "../model-session.js";
import { deepLobTcnGraph, deepLobTcnWeights, lastHidden } from "../onnx/deeplob-tcn-graph.js";
import { encodeOnnx } from "../onnx/encode-onnx.js";
import type { Graph } from "../onnx/graph.js";
import { randomWeights } from "../onnx/random-weights.js";
import { readVectorRows } from "../read-vector-rows.js";
import { labelClasses, stockContract } from "../stock-contract.js";
import { type TcnSizes, tcnInputs } from "../tcn-inputs.js";
import { writeModel } from "../write-model.js";
import { calibrationShare } from "./calibration-method.js";
import { type BaselineOptions, fitBaseline, standardise } from "./fit-baseline.js";
import { headWeights } from "./head-weights.js";
import { noClassedRows } from "./no-training-rows.js";
import { readTrainingRows } from "./read-training-rows.js";
import { refuseNaN, spread, type TrainRequest } from "./train-baseline.js";
import { checkExport, countClasses, type TrainReport, writeReport } from "./train-report.js";
import type { BucketRow, TrainingRow } from "./training-set.js";
import { type TrainingWindow, trainingWindows } from "./training-windows.js";
import { walkForward } from "./walk-forward.js";

export interface TrainTcnRequest extends Omit<TrainRequest, "calibration">, TcnSizes {
  /** Of the convolutions. */
  readonly seed: number;
}

/** Windows of one run. */
const atOnce = 256;

/** Equal rows and options give equal files. */
export async function trainTcn(request: TrainTcnRequest): Promise<TrainReport> {
  const { reader, vector, label, tables, folds, l2, folder, model: name, seed, identity } = request;
  refuseNaN(vector);
  const { shape, inputs } = tcnInputs(vector, request);
  const nullRules = vector.features.map(({ onNull }) => onNull);
  const rows = await readTrainingRows(reader, vector, tables);
  if (rows.length === 0) throw await noClassedRows(reader, { vector: vector.name, label }, tables.label);
  const all = trainingWindows(rows, await storedRows(request, rows), request.steps);
  const unscaled = planInputs({ inputs, normalise: undefined }, vector);
  const windows = all.filter(({ window }) => refuseWindow(unscaled, window) === undefined);
  if (windows.length === 0) {
    throw new FeatureError(
      "FS_MODEL_TRAINING_SET",
      `None of the ${rows.length} rows with a class of ${label} has ${request.steps} consecutive buckets behind it that the model could read.`,
      { object: label, hint: "Ingest more data, then run `feature labels build`; or take fewer --steps." },
    );
  }
  // Of the stretch that no report predicts: the report would otherwise have seen its future's means.
  const first = windows[Math.floor(windows.length / (folds + 1))];
  const known = rows.filter(({ availableAt }) => availableAt <= (first?.row.availableAt ?? 0));
  const normalise = standardise(known, nullRules);
  const drawn = randomWeights(deepLobTcnWeights(shape), seed);
  const metadata = { vector: vector.name, label, trained: "head", seed: `${seed}`, ...identity };
  const graphOf = (weights: typeof drawn): Graph => deepLobTcnGraph(name, shape, weights, metadata);

  const plan = planInputs({ inputs, normalise }, vector);
  const hidden = await hiddenRows(graphOf(drawn), windows, plan);
  const options: BaselineOptions = {
    ...{ classes: labelClasses, l2, calibrationShare, calibration: "platt" },
    nullRules: Array.from({ length: shape.hidden }, () => "zero"),
  };
  const report = walkForward(hidden, options, folds);
  const head = fitBaseline(hidden, options);

  const version = (request.known?.version ?? 0) + 1;
  const contract = stockContract({ name, version, vector, identity, inputs, normalise });
  const bytes = encodeOnnx(graphOf({ ...drawn, ...headWeights(head) }));
  const loaded = await LoadedModel.open(contract, vector, bytes);
  const sample = await takeSample(
    loaded,
    spread(windows).map(({ window }) => window),
  );
  await loaded.release();
  const exportError = checkExport(head, options, spread(hidden), sample);
  const files = await writeModel(folder, {
    ...{ contract, bytes, sample, isKnown: request.known !== undefined },
    made: {
      comment:
        "Written by `feature models train tcn`: its last layer is fitted, its convolutions are random. What you add here stays.",
      description: `DeepLOB-TCN over ${vector.name}, last layer fitted to ${label}, convolutions random`,
    },
  });
  return writeReport(folder, {
    ...{ model: name, version, vector: vector.name, label, rows: rows.length, usedRows: windows.length },
    ...{ classes: countClasses(hidden), fittedRows: head.fittedRows, calibratedRows: head.calibratedRows },
    ...{ l2, calibration: "platt", ...report, files, exportError },
  });
}

/** Every row of the vector up to the last one with a class, by instrument. */
async function storedRows(
  { reader, vector, tables }: TrainTcnRequest,
  rows: readonly BucketRow[],
): Promise<Map<string, readonly ModelRow[]>> {
  const last = new Map(rows.map((row) => [instrumentName(row.instrument), row]));
  const stored = new Map<string, readonly ModelRow[]>();
  const version = { table: tables.vector, features: vector.features };
  for (const [name, { instrument, bucketId }] of last) {
    stored.set(name, await readVectorRows(reader, version, instrument, 1, bucketId));
  }
  return stored;
}

/** What the last hidden layer gives for each window, as rows to fit to. */
async function hiddenRows(
  graph: Graph,
  windows: readonly TrainingWindow[],
  plan: ReturnType<typeof planInputs>,
): Promise<TrainingRow[]> {
  const bytes = encodeOnnx({ ...graph, outputs: [lastHidden(graph)] });
  const session = await ModelSession.open(bytes, { threads: 2, object: graph.name });
  const rows: TrainingRow[] = [];
  for (let start = 0; start < windows.length; start += atOnce) {
    const part = windows.slice(start, start + atOnce);
    const tensors = buildInputs(
      plan,
      part.map(({ window }) => window),
    );
    const [output] = await session.run(tensors, [lastHidden(graph).name]);
    const values = Array.from(output?.data ?? []);
    const width = values.length / part.length;
    for (const [at, { row }] of part.entries()) {
      const features = values.slice(at * width, (at + 1) * width);
      rows.push({ ...row, features });
    }
  }
  await session.release();
  return rows;
}
