import { FeatureError } from "../errors.js";
import type { VectorSpec } from "../spec/model.js";
import type { ModelInput } from "../spec/model-contract.js";
import type { DeepLobTcnShape } from "./onnx/deeplob-tcn-graph.js";
import { labelClasses } from "./stock-contract.js";

export interface TcnSizes {
  /** The view whose features are the book's channels; all other features of the vector go in without their past. */
  readonly bookView: string;
  /** Buckets that it looks back. */
  readonly steps: number;
  /** Channels inside. */
  readonly hidden: number;
}

export interface TcnInputs {
  readonly shape: DeepLobTcnShape;
  /** As the contract has them. */
  readonly inputs: readonly ModelInput[];
}

const dilations = [1, 2, 4];

/**
 * Which features of a vector DeepLOB-TCN is given, and where.
 * @throws FeatureError FS_MODEL_TRAINING_SET for a vector that has no channels, nothing beside them, or too short a history
 */
export function tcnInputs(vector: VectorSpec, { bookView, steps, hidden }: TcnSizes): TcnInputs {
  const nameOf = ({ view, column }: VectorSpec["features"][number]) => `${view}.${column}`;
  const book = vector.features.filter(({ view }) => view === bookView).map(nameOf);
  const trade = vector.features.filter(({ view }) => view !== bookView).map(nameOf);
  const { at } = vector;
  if (book.length === 0 || trade.length === 0 || steps > vector.history) {
    const what =
      steps > vector.history
        ? `keeps ${vector.history} rows, the network reads ${steps}`
        : `has ${book.length} features of ${bookView} and ${trade.length} others, both are needed`;
    throw new FeatureError("FS_MODEL_TRAINING_SET", `The vector ${vector.name} ${what}.`, {
      object: vector.name,
      at,
      hint: "examples/deeplob-tcn has a view and a vector for this network.",
    });
  }
  const [bookChannels, tradeFeatures, classes] = [book.length, trade.length, labelClasses.length];
  return {
    shape: { bookChannels, tradeFeatures, hidden, classes, dilations },
    inputs: [
      { name: "book", shape: [1, steps, bookChannels], features: book, at },
      { name: "trade", shape: [1, tradeFeatures], features: trade, at },
    ],
  };
}
