import { type Catalog, type CompiledObject, objectId } from "../compile/catalog.js";
import { alterObject } from "./alter-object.js";
import { type ChangedUpstream, causeLabel, dataCauses } from "./cause.js";
import type { Change, ChangeClass } from "./change.js";
import { type DeployedObject, type DeployedState, isInPlace, recordKey } from "./deployed.js";
import { renamedObject } from "./renamed-object.js";
import { compareTables, type TableDifference } from "./table-difference.js";

/**
 * What has to change so that `actual` becomes `desired`, upstream before downstream. Empty: nothing to do. Pure: neither a
 * database nor a clock. What is deployed and no longer wanted is retired if consumers could see it; tables and streams
 * stay, since older versions hang on them. Throws FS_PLAN_RENAME for a `renamed_from:` that names nothing deployed.
 */
export function diff(desired: Catalog, actual: DeployedState): Change[] {
  const tables = tableChanges(desired, actual);
  const objects = objectChanges(desired, actual);
  return [
    ...desired.databases
      .filter((name) => !actual.databases.includes(name))
      .map((name): Change => ({ kind: "create_database", class: "additive", name })),
    ...tables,
    ...objects,
    ...retired(desired, actual, objects),
  ];
}

function tableChanges(desired: Catalog, actual: DeployedState): Change[] {
  const name = (table: { database: string; name: string }): string => `${table.database}.${table.name}`;
  const existing = new Map(actual.tables.map((table) => [name(table), table]));
  return [...desired.raw, ...desired.clockTables].flatMap((table): Change[] => {
    const old = existing.get(name(table));
    if (old === undefined) return [{ kind: "create_table", class: "additive", table }];
    const { differences, merged } = compareTables(table, old);
    if (differences.length === 0) return [];
    return [{ kind: "alter_table", class: classOf(differences), merged, differences }];
  });
}

/** The gravest class among differences of a table. */
export function classOf(differences: readonly TableDifference[]): ChangeClass {
  if (differences.some((item) => item.kind === "ttl" && item.shortens)) return "destructive";
  const isComment = (item: TableDifference): boolean =>
    item.kind === "comment_column" || item.kind === "comment_table";
  return differences.every(isComment) ? "metadata" : "additive";
}

function objectChanges(desired: Catalog, actual: DeployedState): Change[] {
  const versions = new Map<string, DeployedObject[]>();
  for (const object of actual.objects) {
    const id = objectId(object);
    versions.set(id, [...(versions.get(id) ?? []), object]);
  }
  /** Objects that get another version, and why: what reads them changes for that reason. */
  const changed = new Map<string, string>();
  return desired.objects.flatMap((object) => {
    const changes = objectChange(object, versions, changed, actual);
    for (const change of changes) {
      if (change.kind === "replace" && change.object.dataHash !== change.previous.dataHash)
        changed.set(objectId(object), change.causes.map(causeLabel).slice(0, 2).join(", "));
    }
    return changes;
  });
}

function objectChange(
  object: CompiledObject,
  deployed: ReadonlyMap<string, readonly DeployedObject[]>,
  changed: ReadonlyMap<string, string>,
  actual: DeployedState,
): Change[] {
  const own = deployed.get(objectId(object)) ?? [];
  const renamedFrom = renamedObject(object, own, actual);
  const versions = [...own, ...(renamedFrom?.versions ?? [])];
  const live = versions.find(({ state }) => state === "live");
  const same = versions.find(
    ({ state, dataHash }) => dataHash === object.dataHash && (state === "live" || state === "retired"),
  );
  if (renamedFrom === undefined && live !== undefined && (same === live || isInPlace(object.kind)))
    return alterObject(object, live, classOf);
  const previous = live ?? same;
  if (previous === undefined) return [{ kind: "create", class: "additive", object }];
  // A retired version is shown again by the alias alone; its comments and retention may have changed since.
  const inPlace = same === undefined ? [] : alterObject({ ...object, alias: undefined }, same, classOf);
  const altered = inPlace.find((change) => change.kind === "alter")?.result;
  const upstream = object.upstream.flatMap((id): ChangedUpstream[] => {
    const because = changed.get(id);
    return because === undefined ? [] : [{ id, because }];
  });
  const causes = dataCauses(object, previous, upstream);
  const removed = causes.flatMap(({ kind, name }) => (kind === "column_removed" ? [name] : []));
  const missedBy = holders(object, removed, actual);
  return [
    ...inPlace,
    {
      kind: "replace",
      class:
        missedBy.length > 0 ? "destructive" : same || object.storage === undefined ? "additive" : "rebuild",
      object,
      previous,
      reuse: altered ?? same,
      causes,
      missedBy,
      renamedFrom,
    },
  ];
}

/** Live vectors that hold one of these columns of a view: it is part of their contract with a model. */
function holders(object: CompiledObject, columns: readonly string[], actual: DeployedState): string[] {
  if (object.kind !== "view") return [];
  const held = new Set(columns.map((column) => `${object.name}__${column}`));
  return actual.objects
    .filter(
      ({ kind, state, upstream, columns }) =>
        kind === "vector" &&
        state === "live" &&
        upstream.includes(objectId(object)) &&
        columns.some(({ name }) => held.has(name)),
    )
    .map(objectId);
}

/** Views and vectors whose file is gone. */
function retired(desired: Catalog, actual: DeployedState, changes: readonly Change[]): Change[] {
  const kept = new Set(desired.objects.map(objectId));
  for (const change of changes) {
    if (change.kind !== "replace" || change.renamedFrom === undefined) continue;
    kept.add(objectId({ kind: change.object.kind, name: change.renamedFrom.name }));
  }
  return actual.objects
    .filter((object) => object.state === "live" && !isInPlace(object.kind) && !kept.has(objectId(object)))
    .sort((a, b) => b.level - a.level || (recordKey({ kind: "object", object: a }).name < b.name ? -1 : 1))
    .map((previous) => ({ kind: "retire", class: "destructive", previous }));
}
