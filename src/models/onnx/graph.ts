/** An ONNX graph as plain data: what our exporters build, before it becomes bytes. */

/** A size, or the name of one that the caller chooses (`batch`). */
export type Dimension = number | string;

export interface GraphValue {
  readonly name: string;
  readonly shape: readonly Dimension[];
}

/** A constant tensor, row-major. Numbers are rounded to float32; `int64` values must be whole. */
export interface GraphConstant {
  readonly name: string;
  readonly type: "float32" | "int64";
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

/** A whole number, a list of them, or a float given as `{ float }`. */
export type Attribute = number | readonly number[] | { readonly float: number };

export interface GraphNode {
  /** The operator's name in the default domain, such as Gemm. */
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

/** Inputs and outputs are float32. Nodes are in an order in which each finds its inputs computed. */
export interface Graph {
  readonly name: string;
  readonly description: string;
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  readonly constants: readonly GraphConstant[];
  readonly nodes: readonly GraphNode[];
  /** Written into the file, for whoever opens it. */
  readonly metadata: Readonly<Record<string, string>>;
}
