import type { CompiledObject } from "../compile/catalog.js";
import { FeatureError } from "../errors.js";
import { didYouMean } from "../spec/suggest.js";
import type { RenamedObject } from "./change.js";
import type { DeployedObject, DeployedState } from "./deployed.js";

/**
 * What is deployed under the former name of an object; undefined when it keeps its name: it says no other, the rename was
 * carried out before, or nothing is deployed at all. Throws FS_PLAN_RENAME when the names that it gives were never deployed.
 */
export function renamedObject(
  object: CompiledObject,
  own: readonly DeployedObject[],
  actual: DeployedState,
): RenamedObject | undefined {
  const live = own.find(({ state }) => state === "live");
  if (live !== undefined) {
    checkColumns(object, live);
    return undefined;
  }
  const former = object.renamedFrom;
  if (former === undefined) return undefined;
  const peers = actual.objects.filter(({ kind }) => kind === object.kind);
  const versions = peers.filter(({ name }) => name === former);
  const previous = versions.find(({ state }) => state === "live");
  if (previous !== undefined) {
    checkColumns(object, previous);
    return { name: former, versions };
  }
  if (peers.length === 0) return undefined;
  const names = peers.filter(({ state }) => state === "live").map(({ name }) => name);
  throw new FeatureError(
    "FS_PLAN_RENAME",
    `${object.kind} ${object.name} says \`renamed_from: ${former}\`, but no ${object.kind} ${former} is deployed`,
    {
      object: `${object.kind}:${object.name}`,
      at: object.at,
      hint: didYouMean(former, names, `Deployed: ${names.join(", ")}. Without \`renamed_from\` it is new.`),
    },
  );
}

function checkColumns(object: CompiledObject, previous: DeployedObject): void {
  const had = new Set(previous.columns.map(({ name }) => name));
  for (const { name, renamedFrom, at } of object.columns) {
    if (renamedFrom === undefined || had.has(name) || had.has(renamedFrom)) continue;
    throw new FeatureError(
      "FS_PLAN_RENAME",
      `column ${object.name}.${name} says \`renamed_from: ${renamedFrom}\`, but the deployed ${object.kind} ${previous.name} has no such column`,
      {
        object: `${object.kind}:${object.name}`,
        at,
        hint: didYouMean(
          renamedFrom,
          [...had],
          `It has ${[...had].join(", ")}. Without \`renamed_from\` the column is new.`,
        ),
      },
    );
  }
}
