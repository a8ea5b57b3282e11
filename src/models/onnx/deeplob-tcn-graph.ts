import type { Graph, GraphConstant, GraphNode, GraphValue } from "./graph.js";

/** Sizes of the network. The seeds' values: 20 book channels, 8 trade features, 64 hidden, 3 classes, dilations 1, 2, 4. */
export interface DeepLobTcnShape {
  readonly bookChannels: number;
  readonly tradeFeatures: number;
  readonly hidden: number;
  readonly classes: number;
  readonly dilations: readonly number[];
}

/** One tensor of weights: its name in the file, its shape, and the number of inputs that feed one of its outputs. */
export interface WeightShape {
  readonly name: string;
  readonly shape: readonly number[];
  readonly fanIn: number;
}

/** Row-major values by name. */
export type Weights = Readonly<Record<string, ArrayLike<number>>>;

interface Convolution {
  readonly name: string;
  readonly input: number;
  readonly output: number;
  readonly kernel: number;
  readonly dilation: number;
}

/**
 * DeepLOB with a temporal convolution head: two convolutions along time over the book's channels, residual blocks of two
 * dilated convolutions each, the last step of which meets a dense layer over the trade features. Zhang, Zohren, Roberts
 * 2019 (DeepLOB) with the LSTM replaced by Bai, Kolter, Koltun 2018 (TCN); padding is symmetric, as in the seeds' text.
 */
function convolutions({ bookChannels, hidden, dilations }: DeepLobTcnShape): Convolution[] {
  const inner = { input: hidden, output: hidden };
  return [
    { name: "book_0", input: bookChannels, output: hidden, kernel: 5, dilation: 1 },
    { name: "book_1", ...inner, kernel: 3, dilation: 1 },
    ...dilations.flatMap((dilation, block) =>
      [0, 1].map((layer) => ({ name: `tcn_${block}_${layer}`, ...inner, kernel: 3, dilation })),
    ),
  ];
}

/** Every weight tensor that the network needs, in the file's order. */
export function deepLobTcnWeights(shape: DeepLobTcnShape): WeightShape[] {
  const { tradeFeatures, hidden, classes } = shape;
  const dense = (name: string, input: number, output: number): WeightShape[] => [
    { name: `${name}.weight`, shape: [output, input], fanIn: input },
    { name: `${name}.bias`, shape: [output], fanIn: input },
  ];
  return [
    ...convolutions(shape).flatMap(({ name, input, output, kernel }): WeightShape[] => [
      { name: `${name}.weight`, shape: [output, input, kernel], fanIn: input * kernel },
      { name: `${name}.bias`, shape: [output], fanIn: input * kernel },
    ]),
    ...dense("trade", tradeFeatures, hidden),
    ...dense("fuse", 2 * hidden, hidden),
    ...dense("head", hidden, classes),
  ];
}

/** The value that the last layer is applied to: [batch, hidden], after its ReLU. */
export function lastHidden({ constants }: Graph): GraphValue {
  const hidden = constants.find(({ name }) => name === "fuse.bias")?.shape[0] ?? 0;
  return { name: "fused_dense_relu", shape: ["batch", hidden] };
}

/** Inputs `book` [batch, time, channels] and `trade` [batch, features], normalised; outputs `logits` and `p` [batch, classes]. */
export function deepLobTcnGraph(
  name: string,
  shape: DeepLobTcnShape,
  weights: Weights,
  metadata: Readonly<Record<string, string>>,
): Graph {
  const { bookChannels, tradeFeatures, classes, dilations } = shape;
  const nodes: GraphNode[] = [
    { op: "Transpose", inputs: ["book"], outputs: ["channels_first"], attributes: { perm: [0, 2, 1] } },
  ];
  const layers = new Map(convolutions(shape).map((layer) => [layer.name, layer]));
  const convolve = (layer: string, input: string): string => {
    const { kernel = 1, dilation = 1 } = layers.get(layer) ?? {};
    const pad = (dilation * (kernel - 1)) / 2;
    nodes.push({
      op: "Conv",
      inputs: [input, `${layer}.weight`, `${layer}.bias`],
      outputs: [layer],
      attributes: { kernel_shape: [kernel], dilations: [dilation], pads: [pad, pad], strides: [1] },
    });
    return layer;
  };
  const relu = (input: string): string => {
    const output = `${input}_relu`;
    nodes.push({ op: "Relu", inputs: [input], outputs: [output] });
    return output;
  };
  const dense = (layer: string, input: string, output: string): string => {
    const attributes = { transB: 1 };
    nodes.push({
      op: "Gemm",
      inputs: [input, `${layer}.weight`, `${layer}.bias`],
      outputs: [output],
      attributes,
    });
    return output;
  };

  let flow = relu(convolve("book_1", relu(convolve("book_0", "channels_first"))));
  for (const block of dilations.keys()) {
    const inner = convolve(`tcn_${block}_1`, relu(convolve(`tcn_${block}_0`, flow)));
    nodes.push({ op: "Add", inputs: [inner, flow], outputs: [`tcn_${block}`] });
    flow = relu(`tcn_${block}`);
  }
  nodes.push(
    { op: "Gather", inputs: [flow, "last"], outputs: ["last_step"], attributes: { axis: 2 } },
    {
      op: "Concat",
      inputs: ["last_step", relu(dense("trade", "trade", "trade_dense"))],
      outputs: ["fused"],
      attributes: { axis: 1 },
    },
  );
  // Dropout is for training only.
  dense("head", relu(dense("fuse", "fused", "fused_dense")), "logits");
  nodes.push({ op: "Softmax", inputs: ["logits"], outputs: ["p"], attributes: { axis: -1 } });

  const last: GraphConstant = { name: "last", type: "int64", shape: [], values: [-1] };
  return {
    name,
    description: "DeepLOB-TCN: convolutions over book channels and time, fused with trade features",
    inputs: [
      { name: "book", shape: ["batch", "time", bookChannels] },
      { name: "trade", shape: ["batch", tradeFeatures] },
    ],
    outputs: [
      { name: "p", shape: ["batch", classes] },
      { name: "logits", shape: ["batch", classes] },
    ],
    constants: [
      last,
      ...deepLobTcnWeights(shape).map(
        ({ name, shape }): GraphConstant => ({ name, type: "float32", shape, values: weights[name] ?? [] }),
      ),
    ],
    nodes,
    metadata,
  };
}
