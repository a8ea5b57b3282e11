import type { Graph } from "./graph.js";

/** A fitted multinomial logistic regression over normalised features, with the calibration of its scores. */
export interface LogisticWeights {
  /** One row a class, one weight a feature. */
  readonly weights: readonly (readonly number[])[];
  /** One a class. */
  readonly intercepts: readonly number[];
  /** `softmax(slope * score + offset)`, one of each a class: Platt's scaling for several classes. */
  readonly calibration: { readonly slopes: readonly number[]; readonly offsets: readonly number[] };
}

/** Input `x` [batch, features], normalised; output `p` [batch, classes]. */
export function logisticGraph(
  name: string,
  { weights, intercepts, calibration }: LogisticWeights,
  metadata: Readonly<Record<string, string>>,
): Graph {
  const classes = weights.length;
  const features = weights[0]?.length ?? 0;
  return {
    name,
    description: "Multinomial logistic regression over normalised features, with Platt's scaling",
    inputs: [{ name: "x", shape: ["batch", features] }],
    outputs: [{ name: "p", shape: ["batch", classes] }],
    constants: [
      { name: "weights", type: "float32", shape: [classes, features], values: weights.flat() },
      { name: "intercepts", type: "float32", shape: [classes], values: intercepts },
      { name: "slopes", type: "float32", shape: [classes], values: calibration.slopes },
      { name: "offsets", type: "float32", shape: [classes], values: calibration.offsets },
    ],
    nodes: [
      {
        op: "Gemm",
        inputs: ["x", "weights", "intercepts"],
        outputs: ["score"],
        attributes: { transB: 1 },
      },
      { op: "Mul", inputs: ["score", "slopes"], outputs: ["scaled"] },
      { op: "Add", inputs: ["scaled", "offsets"], outputs: ["calibrated"] },
      { op: "Softmax", inputs: ["calibrated"], outputs: ["p"], attributes: { axis: -1 } },
    ],
    metadata,
  };
}
