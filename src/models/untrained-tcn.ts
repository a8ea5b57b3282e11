/** `feature models untrained`: DeepLOB-TCN with random weights over a vector, to try the way from rows to predictions. */

import { vectorColumnName } from "../compile/vector.js";
import type { VectorIdentity } from "../compile/vector-identity.js";
import type { Reader } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import type { TableName } from "../schema/object.js";
import { quoteIdentifier, quoteName } from "../schema/quote.js";
import type { VectorSpec } from "../spec/model.js";
import type { ModelContract } from "../spec/model-contract.js";
import { sqlTemplate } from "../sql-template.js";
import { LoadedModel } from "./loaded-model.js";
import type { ModelFolder } from "./model-folder.js";
import { plainWindows, takeSample } from "./model-sample.js";
import { deepLobTcnGraph, deepLobTcnWeights } from "./onnx/deeplob-tcn-graph.js";
import { encodeOnnx } from "./onnx/encode-onnx.js";
import { randomWeights } from "./onnx/random-weights.js";
import { stockContract } from "./stock-contract.js";
import { type TcnSizes, tcnInputs } from "./tcn-inputs.js";
import { writeModel } from "./write-model.js";

export interface UntrainedRequest extends TcnSizes {
  readonly reader: Reader;
  readonly vector: VectorSpec;
  readonly identity: VectorIdentity;
  readonly table: TableName;
  readonly folder: ModelFolder;
  readonly model: string;
  readonly known: ModelContract | undefined;
  readonly seed: number;
}

export interface UntrainedModel {
  readonly model: string;
  readonly version: number;
  readonly vector: string;
  readonly bookChannels: number;
  readonly tradeFeatures: number;
  readonly steps: number;
  readonly weights: number;
  /** Names in models/. */
  readonly files: readonly string[];
}

const moments = sqlTemplate(import.meta.url, "feature-moments");

/** Equal requests give equal weights. Means and scales are those of the rows that are stored. */
export async function writeUntrainedTcn(request: UntrainedRequest): Promise<UntrainedModel> {
  const { vector, identity, folder, model, steps, seed } = request;
  const { shape, inputs } = tcnInputs(vector, request);
  const weights = randomWeights(deepLobTcnWeights(shape), seed);
  const version = (request.known?.version ?? 0) + 1;
  const contract = stockContract({
    name: model,
    version,
    vector,
    identity,
    inputs,
    normalise: await readMoments(request),
  });
  const bytes = encodeOnnx(
    deepLobTcnGraph(model, shape, weights, { vector: vector.name, trained: "no", ...identity }),
  );
  const loaded = await LoadedModel.open(contract, vector, bytes);
  const sample = await takeSample(loaded, plainWindows(loaded));
  await loaded.release();
  const files = await writeModel(folder, {
    contract,
    bytes,
    sample,
    made: {
      comment: "Written by `feature models untrained`: its weights are random, its answers mean nothing.",
      description: `DeepLOB-TCN over ${vector.name} with random weights, UNTRAINED`,
    },
    isKnown: request.known !== undefined,
  });
  const count = Object.values(weights).reduce((sum, values) => sum + values.length, 0);
  return {
    model,
    version,
    vector: vector.name,
    bookChannels: shape.bookChannels,
    tradeFeatures: shape.tradeFeatures,
    steps,
    weights: count,
    files,
  };
}

/** Mean and standard deviation of each feature; 0 and 1 where there is none. */
async function readMoments({
  reader,
  vector,
  table,
}: UntrainedRequest): Promise<{ mean: number[]; scale: number[] }> {
  const columns = vector.features.map(({ view, column }) => quoteIdentifier(vectorColumnName(view, column)));
  const [row] = await reader.rows<{ mean: number[]; scale: number[] }>(
    moments({
      table: quoteName(table),
      means: columns.map((column) => `ifNull(avg(${column}), 0)`).join(", "),
      scales: columns.map((column) => `if(stddevPop(${column}) > 0, stddevPop(${column}), 1)`).join(", "),
    }),
  );
  if (row === undefined) throw new FeatureError("FS_INTERNAL", "the engine returned no moments");
  const finite = (values: readonly number[], other: number) =>
    values.map((value) => (Number.isFinite(value) ? value : other));
  return { mean: finite(row.mean, 0), scale: finite(row.scale, 1) };
}
