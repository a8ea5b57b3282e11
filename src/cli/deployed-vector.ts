import { vectorColumnName } from "../compile/vector.js";
import { FeatureError } from "../errors.js";
import type { DeployedObject } from "../plan/deployed.js";
import { openRegistryReader } from "../registry/reader.js";
import type { TableName } from "../schema/object.js";
import type { VectorSpec } from "../spec/model.js";
import { suggest } from "../spec/suggest.js";
import type { Context } from "./context.js";

/** A vector of the specs, and the table of its live version. Both agree on the features and their order. */
export async function deployedVector(
  { engine, project, specs }: Context,
  name: string,
): Promise<{ readonly vector: VectorSpec; readonly table: TableName; readonly version: DeployedObject }> {
  const vector = specs.vectors.find((one) => one.name === name);
  if (vector === undefined) {
    const names = specs.vectors.map((one) => one.name);
    const near = suggest(name, names);
    const hint = near === undefined ? `Vectors: ${names.join(", ") || "none"}.` : `Did you mean ${near}?`;
    throw new FeatureError("FS_CLI_USAGE", `The project has no vector ${name}.`, { object: name, hint });
  }
  const deployed = await openRegistryReader(engine, project.databases.registry).required();
  const live = deployed.objects.find(
    (one) => one.kind === "vector" && one.name === name && one.state === "live",
  );
  const wanted = vector.features.map(({ view, column }) => vectorColumnName(view, column));
  const stored = live?.columns.filter((one) => one.feature).map((one) => one.name) ?? [];
  if (live?.storage == null || wanted.join() !== stored.join()) {
    const state =
      live === undefined ? "is not deployed" : "has other features in the specs than on the target";
    throw new FeatureError("FS_CLI_NOT_APPLIED", `The vector ${name} ${state}.`, {
      object: name,
      at: vector.at,
    });
  }
  return { vector, table: live.storage.table, version: live };
}
