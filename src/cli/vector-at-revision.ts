import { FeatureError } from "../errors.js";
import type { FetchedVector } from "../fetch/training-set.js";
import { aliasAt } from "../registry/alias-at.js";
import { openRegistryReader } from "../registry/reader.js";
import type { Context } from "./context.js";
import { fetchedVector, specifiedVector } from "./deployed-vector.js";

/** The version of a vector that readers saw after a revision, with the features that it has. */
export async function vectorAtRevision(
  context: Context,
  name: string,
  revision: number,
): Promise<FetchedVector> {
  const { engine, project } = context;
  const vector = specifiedVector(context, name);
  const registry = openRegistryReader(engine, project.databases.registry);
  const { objects } = await registry.required();
  const revisions = await registry.revisions();
  const refuse = (what: string): FeatureError =>
    new FeatureError("FS_FETCH_REVISION", what, { object: name });
  if (!revisions.some((one) => one.id === revision && one.state === "applied")) {
    const last = revisions.findLast((one) => one.state === "applied")?.id;
    throw refuse(`There is no applied revision ${revision}; the last one is ${last ?? "none"}.`);
  }
  const shown = await aliasAt(engine, project.databases.registry, `vector:${name}`, revision);
  if (shown === undefined) throw refuse(`The vector ${name} was not there yet at revision ${revision}.`);
  const version = objects.find(
    (one) => one.kind === "vector" && one.name === name && shown.includes(one.storage?.table.name ?? "\0"),
  );
  const fetched = version === undefined ? undefined : fetchedVector(vector, version);
  if (fetched === undefined) throw refuse(`The version of ${name} at revision ${revision} was dropped.`);
  return fetched;
}
