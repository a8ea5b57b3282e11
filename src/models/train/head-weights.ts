import { FeatureError } from "../../errors.js";
import type { Weights } from "../onnx/deeplob-tcn-graph.js";
import type { BaselineModel } from "./fit-baseline.js";

/**
 * A regression on what the last hidden layer gives, as weights of the layer behind it: standardising and Platt's scaling are linear,
 * so they are part of the weights, and the graph stays what it is.
 */
export function headWeights({ weights, mean, scale }: BaselineModel): Weights {
  const { calibration } = weights;
  if (calibration.kind !== "platt") throw new FeatureError("FS_INTERNAL", "a curve is not linear");
  const { slopes, offsets } = calibration;
  const matrix = weights.weights.map((row, k) =>
    row.map((weight, place) => ((slopes[k] ?? 1) * weight) / (scale[place] ?? 1)),
  );
  const bias = matrix.map((row, k) => {
    const shift = row.reduce((sum, weight, place) => sum + weight * (mean[place] ?? 0), 0);
    return (offsets[k] ?? 0) + (slopes[k] ?? 1) * (weights.intercepts[k] ?? 0) - shift;
  });
  return { "head.weight": Float32Array.from(matrix.flat()), "head.bias": Float32Array.from(bias) };
}
