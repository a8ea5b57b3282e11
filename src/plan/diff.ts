import { type Catalog, type CompiledObject, objectId } from "../compile/catalog.js";
import { alterObject } from "./alter-object.js";
import type { Change, ChangeClass } from "./change.js";
import { type DeployedObject, type DeployedState, isInPlace, recordKey } from "./deployed.js";
import { compareTables, type TableDifference } from "./table-difference.js";

/**
 * What has to change so that `actual` becomes `desired`, upstream before downstream. Empty: nothing to do. Pure: neither a
 * database nor a clock. What is deployed and no longer wanted is retired if consumers could see it; tables and streams
 * stay, since older versions hang on them.
 */
export function diff(desired: Catalog, actual: DeployedState): Change[] {
  return [
    ...desired.databases
      .filter((name) => !actual.databases.includes(name))
      .map((name): Change => ({ kind: "create_database", class: "additive", name })),
    ...tableChanges(desired, actual),
    ...desired.objects.flatMap((object) => objectChange(object, desired, actual)),
    ...retired(desired, actual),
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

function objectChange(object: CompiledObject, desired: Catalog, actual: DeployedState): Change[] {
  const versions = actual.objects.filter(({ kind, name }) => kind === object.kind && name === object.name);
  const live = versions.find(({ state }) => state === "live");
  const same = versions.find(
    ({ state, dataHash }) => dataHash === object.dataHash && (state === "live" || state === "retired"),
  );
  if (live !== undefined && (same === live || isInPlace(object.kind)))
    return alterObject(object, live, classOf);
  if (live === undefined && same === undefined) return [{ kind: "create", class: "additive", object }];
  const removed = removedColumns(object, live);
  const previous = live ?? same;
  if (previous === undefined) return [];
  // A retired version is shown again by the alias alone; its comments and retention may have changed since.
  const inPlace = same === undefined ? [] : alterObject({ ...object, alias: undefined }, same, classOf);
  const altered = inPlace.find((change) => change.kind === "alter")?.result;
  return [
    ...inPlace,
    {
      kind: "replace",
      class: removed.some((column) => isUsed(object, column, actual))
        ? "destructive"
        : same
          ? "additive"
          : "rebuild",
      object,
      previous,
      reuse: altered ?? same,
      causes: causes(object, previous, removed, desired, actual),
    },
  ];
}

function removedColumns(object: CompiledObject, live: DeployedObject | undefined): string[] {
  const wanted = new Set(object.columns.map((column) => column.name));
  return (live?.columns ?? []).map((column) => column.name).filter((name) => !wanted.has(name));
}

/** A column of a view that a live vector holds is part of that vector's contract with a model. */
function isUsed(object: CompiledObject, column: string, actual: DeployedState): boolean {
  if (object.kind !== "view") return false;
  return actual.objects.some(
    (other) =>
      other.kind === "vector" &&
      other.state === "live" &&
      other.upstream.includes(objectId(object)) &&
      other.columns.some(({ name }) => name === `${object.name}__${column}`),
  );
}

function causes(
  object: CompiledObject,
  previous: DeployedObject,
  removed: readonly string[],
  desired: Catalog,
  actual: DeployedState,
): string[] {
  const had = new Set(previous.columns.map((column) => column.name));
  const added = object.columns.map((column) => column.name).filter((name) => !had.has(name));
  const hashes = new Map(desired.objects.map((other) => [objectId(other), other.dataHash]));
  const changed = object.upstream.filter((id) => {
    const old = actual.objects.find((other) => other.state === "live" && objectId(other) === id);
    return old !== undefined && !isInPlace(old.kind) && old.dataHash !== hashes.get(id);
  });
  const found = [
    ...added.map((name) => `column ${name} is new`),
    ...removed.map((name) => `column ${name} is gone`),
    ...changed.map((id) => `it reads ${id.replace(":", " ")}, which changes`),
  ];
  return found.length > 0 ? found : ["its definition changed"];
}

/** Views and vectors whose file is gone. */
function retired(desired: Catalog, actual: DeployedState): Change[] {
  const wanted = new Set(desired.objects.map(objectId));
  return actual.objects
    .filter((object) => object.state === "live" && !isInPlace(object.kind) && !wanted.has(objectId(object)))
    .sort((a, b) => b.level - a.level || (recordKey({ kind: "object", object: a }).name < b.name ? -1 : 1))
    .map((previous) => ({ kind: "retire", class: "destructive", previous }));
}
