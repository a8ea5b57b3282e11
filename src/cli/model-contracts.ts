import type { Catalog } from "../compile/catalog.js";
import { type VectorIdentity, vectorIdentity } from "../compile/vector-identity.js";
import { FeatureError } from "../errors.js";
import type { ProjectSpecs, VectorSpec } from "../spec/model.js";
import type { ModelContract } from "../spec/model-contract.js";
import { didYouMean } from "../spec/suggest.js";

/** The contract of this name. @throws FeatureError FS_MODEL_UNKNOWN when models/ has none */
export function contractNamed({ models }: ProjectSpecs, name: string): ModelContract {
  const found = models.find((model) => model.name === name);
  if (found !== undefined) return found;
  const names = models.map((model) => model.name);
  throw new FeatureError("FS_MODEL_UNKNOWN", `There is no models/${name}.yaml.`, {
    object: name,
    hint: didYouMean(name, names, `Contracts: ${names.join(", ") || "none"}.`),
  });
}

/** The vector that a contract names: parsing has checked that it exists. */
export function vectorOf({ vectors }: ProjectSpecs, { vector }: ModelContract): VectorSpec {
  const found = vectors.find(({ name }) => name === vector.name);
  if (found === undefined) throw new FeatureError("FS_INTERNAL", `the vector ${vector.name} is gone`);
  return found;
}

/** What the specs make of a vector now. */
export function compiledIdentity({ objects }: Catalog, vector: VectorSpec): VectorIdentity {
  const compiled = objects.find(({ kind, name }) => kind === "vector" && name === vector.name);
  if (compiled === undefined) throw new FeatureError("FS_INTERNAL", `${vector.name} was not compiled`);
  return vectorIdentity(vector, compiled);
}
