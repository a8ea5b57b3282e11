/** What a model relies on: how its input looks, and what the numbers in it mean. */
import { FeatureError } from "../errors.js";
import type { VectorSpec } from "../spec/model.js";
import { contentHash } from "./fingerprint.js";
import { vectorColumnName } from "./vector.js";

export interface VectorIdentity {
  /** SHA-256, 64 hex digits, of names, order, types and NULL rules of the features: how a model's input looks. */
  readonly signature: string;
  /**
   * SHA-256, 64 hex digits, of what the numbers mean: the vector's data hash, into which the data hashes of all that it reads
   * have gone, down to the clock and the sources. Its first 8 digits name the vector's table.
   */
  readonly fingerprint: string;
}

/** A version of a vector, compiled or as the registry has it. */
export interface VectorVersion {
  readonly name: string;
  readonly dataHash: string;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly feature: boolean }[];
}

/**
 * The identity of a version. NULL rules come from the spec, because tables know nothing of them. Throws FS_INTERNAL when the
 * version holds other features than the spec, or the same in another order: a caller checks that first.
 */
export function vectorIdentity(vector: Pick<VectorSpec, "features">, version: VectorVersion): VectorIdentity {
  const stored = version.columns.filter((column) => column.feature);
  const features = vector.features.map(({ view, column, onNull }, place) => {
    const name = vectorColumnName(view, column);
    const { type } = stored[place]?.name === name ? stored[place] : otherFeatures(version, name);
    return { name, type, onNull };
  });
  if (stored.length !== features.length) otherFeatures(version, `${features.length} features`);
  return { signature: contentHash(features), fingerprint: version.dataHash };
}

function otherFeatures(version: VectorVersion, wanted: string): never {
  throw new FeatureError("FS_INTERNAL", `the stored version of ${version.name} does not have ${wanted}`);
}
