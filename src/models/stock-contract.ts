import type { VectorIdentity } from "../compile/vector-identity.js";
import type { VectorSpec } from "../spec/model.js";
import type { ModelContract } from "../spec/model-contract.js";

/** A label's classes, in the order in which probabilities are given: down, flat, up. */
export const labelClasses = [-1, 0, 1] as const;

export interface StockModel extends Pick<ModelContract, "name" | "version" | "inputs" | "normalise"> {
  readonly vector: VectorSpec;
  readonly identity: VectorIdentity;
}

/** The contract of a model that this package makes, as it is at first: in shadow, without a fallback and without a decision. */
export function stockContract({ name, version, inputs, normalise, vector, identity }: StockModel) {
  const stem = `${name}_v${version}`;
  return {
    kind: "model",
    name,
    description: "",
    version,
    file: `${stem}.onnx`,
    sha256: undefined,
    vector: { name: vector.name, ...identity },
    inputs,
    normalise,
    outputs: { probabilities: { name: "p", classes: [...labelClasses] }, value: undefined },
    timeoutMs: 1000,
    threads: 1,
    fallback: undefined,
    sample: `${stem}.sample.json`,
    rollout: { kind: "shadow" },
    decision: undefined,
    at: vector.at,
  } satisfies ModelContract;
}
