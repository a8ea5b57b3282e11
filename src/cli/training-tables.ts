import { type VectorIdentity, vectorIdentity } from "../compile/vector-identity.js";
import { FeatureError } from "../errors.js";
import { openRegistryReader } from "../registry/reader.js";
import type { TableName } from "../schema/object.js";
import type { VectorSpec } from "../spec/model.js";
import type { Context } from "./context.js";
import { deployedVector } from "./deployed-vector.js";

const needed = ["class", "raw_return", "label_end_ts"];

/** The live versions of a vector and a label, and what the vector is. */
export async function trainingTables(
  context: Context,
  names: { readonly vector: string; readonly label: string },
): Promise<{
  readonly vector: VectorSpec;
  readonly identity: VectorIdentity;
  readonly tables: { readonly vector: TableName; readonly label: TableName };
}> {
  const { engine, project } = context;
  const { vector, table } = await deployedVector(context, names.vector);
  const { objects } = await openRegistryReader(engine, project.databases.registry).required();
  const live = objects.filter(({ state }) => state === "live");
  const version = live.find(({ kind, name }) => kind === "vector" && name === vector.name);
  const label = live.find(({ kind, name }) => kind === "label" && name === names.label);
  if (version === undefined || label?.storage == null) {
    const labels = live.filter(({ kind }) => kind === "label").map(({ name }) => name);
    throw new FeatureError("FS_CLI_USAGE", `The target has no label ${names.label}.`, {
      object: names.label,
      hint: `Labels: ${labels.join(", ") || "none"}. Write features/labels/${names.label}.yaml and run \`feature apply\`.`,
    });
  }
  const missing = needed.filter((output) => !label.columns.some(({ name }) => name === output));
  if (missing.length > 0) {
    throw new FeatureError(
      "FS_MODEL_TRAINING_SET",
      `The label ${names.label} has no ${missing.join(", ")}.`,
      { object: names.label, hint: `Add them to outputs: of features/labels/${names.label}.yaml.` },
    );
  }
  return {
    vector,
    identity: vectorIdentity(vector, version),
    tables: { vector: table, label: label.storage.table },
  };
}
