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
import { labelClasses, stockContract } from "./stock-contract.js";
import { writeModel } from "./write-model.js";

export interface UntrainedRequest {
  readonly reader: Reader;
  readonly vector: VectorSpec;
  readonly identity: VectorIdentity;
  readonly table: TableName;
  readonly folder: ModelFolder;
  readonly model: string;
  readonly known: ModelContract | undefined;
  /** The view whose features are the book's channels; all other features of the vector go in without their past. */
  readonly bookView: string;
  readonly steps: number;
  readonly hidden: number;
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
const dilations = [1, 2, 4];

/** Equal requests give equal weights. Means and scales are those of the rows that are stored. */
export async function writeUntrainedTcn(request: UntrainedRequest): Promise<UntrainedModel> {
  const { vector, identity, folder, model, steps, hidden, bookView, seed } = request;
  const nameOf = ({ view, column }: VectorSpec["features"][number]) => `${view}.${column}`;
  const book = vector.features.filter(({ view }) => view === bookView).map(nameOf);
  const trade = vector.features.filter(({ view }) => view !== bookView).map(nameOf);
  if (book.length === 0 || trade.length === 0 || steps > vector.history) {
    const what =
      steps > vector.history
        ? `keeps ${vector.history} rows, the network reads ${steps}`
        : `has ${book.length} features of ${bookView} and ${trade.length} others, both are needed`;
    throw new FeatureError("FS_MODEL_TRAINING_SET", `The vector ${vector.name} ${what}.`, {
      object: vector.name,
      at: vector.at,
      hint: "examples/deeplob-tcn has a view and a vector for this network.",
    });
  }
  const shape = {
    bookChannels: book.length,
    tradeFeatures: trade.length,
    hidden,
    classes: labelClasses.length,
    dilations,
  };
  const weights = randomWeights(deepLobTcnWeights(shape), seed);
  const version = (request.known?.version ?? 0) + 1;
  const { at } = vector;
  const contract = stockContract({
    name: model,
    version,
    vector,
    identity,
    inputs: [
      { name: "book", shape: [1, steps, book.length], features: book, at },
      { name: "trade", shape: [1, trade.length], features: trade, at },
    ],
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
    newText: newContract(model, vector.name),
    isKnown: request.known !== undefined,
  });
  const count = Object.values(weights).reduce((sum, values) => sum + values.length, 0);
  return {
    model,
    version,
    vector: vector.name,
    bookChannels: book.length,
    tradeFeatures: trade.length,
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

function newContract(name: string, vector: string): string {
  return [
    "# yaml-language-server: $schema=../schemas/model.schema.json",
    "# Written by `feature models untrained`: its weights are random, its answers mean nothing.",
    `model: ${name}`,
    `description: DeepLOB-TCN over ${vector} with random weights, UNTRAINED`,
    "version: 1",
    `file: ${name}.onnx`,
    `vector: { name: ${vector} }`,
    "inputs: []",
    "outputs: {}",
    "timeout: 50ms",
    "rollout: { stage: shadow }",
    "",
  ].join("\n");
}
