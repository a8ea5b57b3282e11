/** A plan: what changes, the statements that do it, and what the registry holds afterwards. */
import type { Catalog, CompiledObject } from "../compile/catalog.js";
import { FeatureError } from "../errors.js";
import { causeLabel } from "./cause.js";
import { type Change, type ChangeClass, changeObject, type RenamedObject } from "./change.js";
import { type DeployedState, deployedObject, stateAfter, type VersionRecord } from "./deployed.js";
import { diff } from "./diff.js";
import { slugOf } from "./slug.js";
import type { Step } from "./step.js";
import { orderedSteps } from "./steps.js";

/** Somebody's claim on a version of an object: `model:name@1`, `vector:name`. */
export interface PinnedObject {
  readonly holder: string;
  readonly object: string;
}

/** The content of one migration. */
export interface Plan {
  /** For the file's name: lower case, digits and underscores. */
  readonly slug: string;
  readonly changes: readonly Change[];
  readonly steps: readonly Step[];
  readonly records: readonly VersionRecord[];
}

/**
 * The plans that lead from `actual` to `desired`, in order: none when there is nothing to do, two from nothing (the raw
 * schema is a migration of its own), else one. `feature apply` carries out this very list. Throws FS_MIGRATION_DATABASES.
 */
export function makePlans(desired: Catalog, actual: DeployedState): Plan[] {
  refuseOtherDatabases(desired, actual);
  const fresh = actual.tables.length + actual.objects.length === 0;
  if (!fresh) return planOf(desired, actual);
  const raw = planOf({ ...desired, clockTables: [], objects: [] }, actual);
  const state = raw.reduce((before, plan) => stateAfter(before, plan.records), actual);
  return [...raw, ...planOf(desired, state)];
}

/** Migrations name databases: under others nothing of what they made would be there. */
function refuseOtherDatabases(desired: Catalog, actual: DeployedState): void {
  const gone = actual.databases.filter((name) => !desired.databases.includes(name));
  if (gone.length === 0) return;
  throw new FeatureError(
    "FS_MIGRATION_DATABASES",
    `the migrations made ${gone.join(", ")}; features.yaml names ${desired.databases.join(", ")}`,
    { object: "features.yaml: databases" },
  );
}

function planOf(desired: Catalog, actual: DeployedState): Plan[] {
  const changes = diff(desired, actual);
  if (changes.length === 0) return [];
  return [
    {
      slug: slugOf(changes, actual),
      changes,
      steps: orderedSteps(changes, desired),
      records: changes.flatMap(recordsAfter),
    },
  ];
}

function recordsAfter(change: Change): VersionRecord[] {
  switch (change.kind) {
    case "create_database":
      return [{ kind: "database", name: change.name }];
    case "create_table":
      return [{ kind: "table", table: change.table }];
    case "alter_table":
      return [{ kind: "table", table: change.merged }];
    case "create":
      return [{ kind: "object", object: deployedObject(change.object, "live") }];
    case "replace": {
      const { object, previous, reuse, renamedFrom } = change;
      const live: VersionRecord = {
        kind: "object",
        // What is retired was built with the definitions that the registry holds, not with today's.
        object:
          reuse === undefined
            ? deployedObject(object, "live")
            : { ...deployedObject(object, "live"), tables: reuse.tables, triggers: reuse.triggers },
      };
      if (renamedFrom !== undefined) return [...renamedRecords(object, renamedFrom), live];
      if (previous.dataHash === object.dataHash) return [live];
      return [{ kind: "object", object: { ...previous, state: "retired" } }, live];
    }
    case "alter":
      return [{ kind: "object", object: change.result }];
    case "retire":
      return [{ kind: "object", object: { ...change.previous, state: "retired" } }];
  }
}

/** Every version moves to the new name; the records of the old one say so. The live one is written by the caller. */
function renamedRecords(object: CompiledObject, { versions }: RenamedObject): VersionRecord[] {
  return versions.flatMap((version): VersionRecord[] => {
    const former: VersionRecord = { kind: "object", object: { ...version, state: "renamed" } };
    if (version.dataHash === object.dataHash) return [former];
    const alias =
      version.alias === null || object.alias === undefined
        ? version.alias
        : { ...version.alias, name: object.alias.name };
    return [former, { kind: "object", object: { ...version, name: object.name, state: "retired", alias } }];
  });
}

const gravity: readonly ChangeClass[] = ["metadata", "additive", "rebuild", "destructive"];

/** The gravest class in the plans; undefined when there is nothing to do. */
export function planClass(
  plans: readonly { readonly changes: readonly { readonly class: ChangeClass }[] }[],
): ChangeClass | undefined {
  const classes = plans.flatMap((plan) => plan.changes.map((change) => change.class));
  return gravity.findLast((item) => classes.includes(item));
}

/**
 * Throws FS_PLAN_DESTRUCTIVE, naming every change that takes away what others use, and who holds a version of what changes with it: they
 * keep that version.
 */
export function refuseDestructive(plans: readonly Plan[], pins: readonly PinnedObject[] = []): void {
  const refused = plans.flatMap((plan) => plan.changes).filter((change) => change.class === "destructive");
  if (refused.length === 0) return;
  const objects = refused.filter((change) => change.kind !== "alter_table").map(describe);
  const tables = refused.flatMap((change) =>
    change.kind === "alter_table" ? [changeObject(change).slice(6)] : [],
  );
  const shown =
    tables.slice(0, 3).join(", ") + (tables.length > 3 ? ` and ${tables.length - 3} more tables` : "");
  const shorter = tables.length === 0 ? [] : [`rows of ${shown} are kept for a shorter time`];
  const changed = new Set(
    plans.flatMap((plan) =>
      plan.changes.flatMap((change) =>
        change.kind === "replace" || change.kind === "retire" ? [changeObject(change)] : [],
      ),
    ),
  );
  const held = pins
    .filter(({ object }) => changed.has(object))
    .map(({ holder, object }) => `${holder.replace(":", " ")} holds ${object.replace(":", " ")} as it is`);
  throw new FeatureError(
    "FS_PLAN_DESTRUCTIVE",
    `the plan takes away what is deployed: ${[...objects, ...shorter, ...new Set(held)].join("; ")}`,
  );
}

function describe(change: Change): string {
  const object = changeObject(change).replace(":", " ");
  switch (change.kind) {
    case "retire":
      return `${object} is removed`;
    case "replace": {
      const missed = change.missedBy.map((id) => id.replace(":", " ")).join(", ");
      const causes = change.causes.map(causeLabel).join(", ");
      return `${object}: ${causes}${missed === "" ? "" : `, which ${missed} holds`}`;
    }
    default:
      return `rows of ${object} are kept for a shorter time`;
  }
}
