import type { VectorSpec } from "../spec/model.js";
import { contentHash } from "./fingerprint.js";
import { vectorColumnName } from "./vector.js";

/**
 * What a model's input looks like, as 64 hex digits: the features' names, their order, type and null rules. (What the numbers
 * mean is the vector's data hash, its fingerprint.)
 */
export function vectorSignature(vector: Pick<VectorSpec, "features">): string {
  return contentHash({
    features: vector.features.map(({ view, column, onNull }) => ({
      name: vectorColumnName(view, column),
      type: "Nullable(Float64)",
      onNull,
    })),
  });
}
