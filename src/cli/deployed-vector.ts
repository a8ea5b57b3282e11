import { vectorColumnName } from "../compile/vector.js";
import { vectorIdentity } from "../compile/vector-identity.js";
import { FeatureError } from "../errors.js";
import type { FetchedVector } from "../fetch/training-set.js";
import type { DeployedObject } from "../plan/deployed.js";
import { openRegistryReader } from "../registry/reader.js";
import type { TableName } from "../schema/object.js";
import type { VectorSpec } from "../spec/model.js";
import { suggest } from "../spec/suggest.js";
import type { Context } from "./context.js";

/** A vector of the specs and its live version. Both agree on the features and their order. */
export async function deployedVector(
  context: Context,
  name: string,
): Promise<{ readonly vector: VectorSpec; readonly table: TableName; readonly version: DeployedObject }> {
  const { engine, project } = context;
  const vector = specifiedVector(context, name);
  const deployed = await openRegistryReader(engine, project.databases.registry).required();
  const live = deployed.objects.find(
    (one) => one.kind === "vector" && one.name === name && one.state === "live",
  );
  if (live?.storage == null || fetchedVector(vector, live)?.signature == null) {
    const state =
      live === undefined ? "is not deployed" : "has other features in the specs than on the target";
    throw new FeatureError("FS_CLI_NOT_APPLIED", `The vector ${name} ${state}.`, {
      object: name,
      at: vector.at,
    });
  }
  return { vector, table: live.storage.table, version: live };
}

export function specifiedVector({ specs }: Context, name: string): VectorSpec {
  const vector = specs.vectors.find((one) => one.name === name);
  if (vector !== undefined) return vector;
  const names = specs.vectors.map((one) => one.name);
  const near = suggest(name, names);
  const hint = near === undefined ? `Vectors: ${names.join(", ") || "none"}.` : `Did you mean ${near}?`;
  throw new FeatureError("FS_CLI_USAGE", `The project has no vector ${name}.`, { object: name, hint });
}

/** A stored version. Its signature is NULL where the spec has other features by now; undefined: it stores nothing. */
export function fetchedVector(vector: VectorSpec, version: DeployedObject): FetchedVector | undefined {
  if (version.storage === null) return undefined;
  const features = version.columns.filter((one) => one.feature).map((one) => one.name);
  const wanted = vector.features.map(({ view, column }) => vectorColumnName(view, column));
  return {
    name: vector.name,
    clock: version.clock,
    table: version.storage.table,
    features,
    maxAgeMs: vector.maxAgeMs,
    lagMs: vector.lagMs,
    signature: wanted.join() === features.join() ? vectorIdentity(vector, version).signature : null,
    fingerprint: version.dataHash,
  };
}
