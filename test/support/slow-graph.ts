import type { Graph } from "../../src/models/onnx/graph.js";

/**
 * A model of one feature and three classes that is truly slow: `products` products of two square matrices of `size` that are made of its
 * input, so that nothing of it can be computed beforehand. It answers a third for each class.
 */
export function slowGraph(size: number, products: number): Graph {
  const names = Array.from({ length: products + 1 }, (_, at) => `m${at}`);
  return {
    name: "slow",
    description: "Multiplies large matrices for the time that it takes",
    inputs: [{ name: "x", shape: ["batch", 1] }],
    outputs: [{ name: "p", shape: ["batch", 3] }],
    constants: [
      { name: "square", type: "int64", shape: [2], values: [size, size] },
      { name: "zero", type: "float32", shape: [1, 1], values: [0] },
      { name: "thirds", type: "float32", shape: [1, 3], values: [1 / 3, 1 / 3, 1 / 3] },
    ],
    nodes: [
      { op: "ReduceMean", inputs: ["x"], outputs: ["mean"], attributes: { keepdims: 1 } },
      { op: "Expand", inputs: ["mean", "square"], outputs: ["m0"] },
      ...names.slice(1).flatMap((name, at) => [
        { op: "MatMul", inputs: [`m${at}`, "m0"], outputs: [`${name}_raw`] },
        { op: "Tanh", inputs: [`${name}_raw`], outputs: [name] },
      ]),
      { op: "ReduceMean", inputs: [`m${products}`], outputs: ["last"], attributes: { keepdims: 1 } },
      { op: "Mul", inputs: ["last", "zero"], outputs: ["nothing"] },
      { op: "Mul", inputs: ["x", "nothing"], outputs: ["nothing_of_each"] },
      { op: "Add", inputs: ["thirds", "nothing_of_each"], outputs: ["p"] },
    ],
    metadata: {},
  };
}
