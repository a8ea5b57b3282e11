import { readFileSync } from "node:fs";
import protobuf from "protobufjs";
import type { Attribute, Graph, GraphConstant, GraphNode, GraphValue } from "./graph.js";

/** Pinned: a file must mean the same to every runtime that reads it. Opset 17 and IR 8 belong to ONNX 1.12. */
const opset = 17;
const irVersion = 8;
const elementTypes = { float32: 1, int64: 7 } as const;
const attributeTypes = { float: 1, int: 2, ints: 7 } as const;

let modelType: protobuf.Type | undefined;

/** The bytes of an .onnx file. Equal graphs give equal bytes. */
export function encodeOnnx(graph: Graph): Uint8Array {
  // The text of the format is shipped beside this file, so that what is written can be looked up.
  modelType ??= protobuf
    .parse(readFileSync(new URL("onnx.proto", import.meta.url), "utf8"), { keepCase: true })
    .root.lookupType("onnx.ModelProto");
  return modelType
    .encode({
      ir_version: irVersion,
      producer_name: "prism-features",
      doc_string: graph.description,
      opset_import: [{ domain: "", version: opset }],
      metadata_props: Object.entries(graph.metadata).map(([key, value]) => ({ key, value })),
      graph: {
        name: graph.name,
        node: graph.nodes.map(encodeNode),
        initializer: graph.constants.map(encodeConstant),
        input: graph.inputs.map(encodeValue),
        output: graph.outputs.map(encodeValue),
      },
    })
    .finish();
}

function encodeNode({ op, inputs, outputs, attributes = {} }: GraphNode) {
  return {
    input: [...inputs],
    output: [...outputs],
    name: `${op}_${outputs[0] ?? ""}`,
    op_type: op,
    attribute: Object.entries(attributes).map(([name, value]) => encodeAttribute(name, value)),
  };
}

function encodeAttribute(name: string, value: Attribute) {
  if (typeof value === "number") return { name, i: value, type: attributeTypes.int };
  if ("float" in value) return { name, f: value.float, type: attributeTypes.float };
  return { name, ints: [...value], type: attributeTypes.ints };
}

function encodeConstant({ name, type, shape, values }: GraphConstant) {
  const bytes = new DataView(new ArrayBuffer(values.length * (type === "float32" ? 4 : 8)));
  for (let place = 0; place < values.length; place++) {
    const value = values[place] ?? 0;
    if (type === "float32") bytes.setFloat32(place * 4, value, true);
    else bytes.setBigInt64(place * 8, BigInt(value), true);
  }
  return { dims: [...shape], data_type: elementTypes[type], name, raw_data: new Uint8Array(bytes.buffer) };
}

function encodeValue({ name, shape }: GraphValue) {
  const dim = shape.map((size) => (typeof size === "number" ? { dim_value: size } : { dim_param: size }));
  return { name, type: { tensor_type: { elem_type: elementTypes.float32, shape: { dim } } } };
}
