import type { Graph, GraphConstant, GraphNode } from "./graph.js";

/** Points [score, level] by rising score; linear between them, level beyond the first and the last. At least one. */
export type Curve = readonly (readonly [score: number, level: number])[];

/** How scores become probabilities; lists have one entry a class. */
export type Calibration =
  /** `softmax(slope * score + offset)`: Platt's scaling for several classes. */
  | { readonly kind: "platt"; readonly slopes: readonly number[]; readonly offsets: readonly number[] }
  /** A curve over each class's share of the softmax, then divided by their sum. */
  | { readonly kind: "isotonic"; readonly curves: readonly Curve[] };

/** A fitted multinomial logistic regression over normalised features, with the calibration of its scores. */
export interface LogisticWeights {
  /** One row a class, one weight a feature. */
  readonly weights: readonly (readonly number[])[];
  /** One a class. */
  readonly intercepts: readonly number[];
  readonly calibration: Calibration;
}

/** Input `x` [batch, features], normalised; output `p` [batch, classes]. */
export function logisticGraph(
  name: string,
  { weights, intercepts, calibration }: LogisticWeights,
  metadata: Readonly<Record<string, string>>,
): Graph {
  const classes = weights.length;
  const features = weights[0]?.length ?? 0;
  const tail = calibration.kind === "platt" ? plattNodes(calibration) : curveNodes(calibration);
  return {
    name,
    description: `Multinomial logistic regression over normalised features, with ${tail.words}`,
    inputs: [{ name: "x", shape: ["batch", features] }],
    outputs: [{ name: "p", shape: ["batch", classes] }],
    constants: [
      { name: "weights", type: "float32", shape: [classes, features], values: weights.flat() },
      { name: "intercepts", type: "float32", shape: [classes], values: intercepts },
      ...tail.constants,
    ],
    nodes: [
      {
        op: "Gemm",
        inputs: ["x", "weights", "intercepts"],
        outputs: ["score"],
        attributes: { transB: 1 },
      },
      ...tail.nodes,
    ],
    metadata,
  };
}

/** From `score` to `p`. */
interface Tail {
  readonly words: string;
  readonly constants: readonly GraphConstant[];
  readonly nodes: readonly GraphNode[];
}

function plattNodes({ slopes, offsets }: Extract<Calibration, { kind: "platt" }>): Tail {
  return {
    words: "Platt's scaling",
    constants: [
      { name: "slopes", type: "float32", shape: [slopes.length], values: slopes },
      { name: "offsets", type: "float32", shape: [offsets.length], values: offsets },
    ],
    nodes: [
      { op: "Mul", inputs: ["score", "slopes"], outputs: ["scaled"] },
      { op: "Add", inputs: ["scaled", "offsets"], outputs: ["calibrated"] },
      { op: "Softmax", inputs: ["calibrated"], outputs: ["p"], attributes: { axis: -1 } },
    ],
  };
}

/**
 * A curve is its first level plus, for each of its stretches, the slope times how far the share has come in it:
 * `clip(share, from, to) - from`. Stretches that a shorter curve does not have are empty, and lie beyond 1.
 */
function curveNodes({ curves }: Extract<Calibration, { kind: "isotonic" }>): Tail {
  const classes = curves.length;
  const stretches = Math.max(1, ...curves.map((curve) => curve.length - 1));
  const of = (value: (curve: Curve, at: number) => number) =>
    curves.flatMap((curve) => Array.from({ length: stretches }, (_, at) => value(curve, at)));
  const score = (curve: Curve, at: number) => curve[at]?.[0] ?? 2;
  const slope = (curve: Curve, at: number) => {
    const [left, right] = [curve[at], curve[at + 1]];
    return left === undefined || right === undefined ? 0 : (right[1] - left[1]) / (right[0] - left[0]);
  };
  const table = (name: string, values: readonly number[]): GraphConstant => ({
    name,
    type: "float32",
    shape: [classes, stretches],
    values,
  });
  return {
    words: "isotonic calibration",
    constants: [
      table("from", of(score)),
      table(
        "to",
        of((curve, at) => score(curve, at + 1)),
      ),
      table("slope", of(slope)),
      { name: "first", type: "float32", shape: [classes], values: curves.map((curve) => curve[0]?.[1] ?? 0) },
      { name: "last_axis", type: "int64", shape: [1], values: [-1] },
    ],
    nodes: [
      { op: "Softmax", inputs: ["score"], outputs: ["share"], attributes: { axis: -1 } },
      { op: "Unsqueeze", inputs: ["share", "last_axis"], outputs: ["share_of_stretches"] },
      { op: "Min", inputs: ["share_of_stretches", "to"], outputs: ["below"] },
      { op: "Max", inputs: ["below", "from"], outputs: ["clipped"] },
      { op: "Sub", inputs: ["clipped", "from"], outputs: ["come"] },
      { op: "Mul", inputs: ["come", "slope"], outputs: ["risen"] },
      {
        op: "ReduceSum",
        inputs: ["risen", "last_axis"],
        outputs: ["risen_in_all"],
        attributes: { keepdims: 0 },
      },
      { op: "Add", inputs: ["risen_in_all", "first"], outputs: ["level"] },
      { op: "ReduceSum", inputs: ["level", "last_axis"], outputs: ["levels"], attributes: { keepdims: 1 } },
      { op: "Div", inputs: ["level", "levels"], outputs: ["p"] },
    ],
  };
}
