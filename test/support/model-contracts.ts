/** Contracts and vectors for tests of models, as files would give them. */
import type { ModelVector } from "../../src/models/loaded-model.js";
import type { VectorFeature } from "../../src/spec/model.js";
import type { ModelContract } from "../../src/spec/model-contract.js";

const at = { file: "models/test.yaml", line: 1, column: 1 };

export function testVector(nullRules: readonly VectorFeature["onNull"][], history = 1): ModelVector {
  return {
    name: "test_v1",
    clock: "ubt",
    history,
    maxAgeMs: 60_000,
    lagMs: 0,
    features: nullRules.map((onNull, place) => ({ view: "flow", column: `f${place}`, onNull, at })),
  };
}

/** A flat model over all of a vector's features, with probabilities of -1, 0 and 1. */
export function testContract(features: number, change: Partial<ModelContract> = {}): ModelContract {
  return {
    kind: "model",
    name: "test",
    description: "",
    version: 1,
    file: "test.onnx",
    sha256: undefined,
    vector: { name: "test_v1", signature: undefined, fingerprint: undefined },
    inputs: [{ name: "x", shape: [1, features], features: "all", at }],
    normalise: undefined,
    outputs: { probabilities: { name: "p", classes: [-1, 0, 1] }, value: undefined },
    timeoutMs: 1000,
    threads: 1,
    fallback: undefined,
    sample: undefined,
    rollout: { kind: "shadow" },
    decision: undefined,
    at,
    ...change,
  };
}
