/** Changes → the ordered list of statements that carries them out. */
import { type Catalog, type CompiledObject, objectId } from "../compile/catalog.js";
import type { SchemaObject, TableName } from "../schema/object.js";
import { quoteIdentifier, quoteName } from "../schema/quote.js";
import { renderComment, renderCreate, renderDrop } from "../schema/render.js";
import { alterTableSteps } from "./alter-table-steps.js";
import { type Change, changeObject, type TriggerChange } from "./change.js";
import type { DeployedObject } from "./deployed.js";
import { backfillSteps, checkSteps, type Filled, recomputeSteps } from "./fill-steps.js";
import { distinctSteps, type Step, stepName } from "./step.js";

/**
 * All tables, then all triggers, then backfill level by level, then checks, then alias switches, upstream first; comments
 * and removals last. A trigger exists before its backfill begins, so no bucket falls between the two.
 */
export function orderedSteps(changes: readonly Change[], desired: Catalog): Step[] {
  const built = changes.flatMap((change): CompiledObject[] =>
    change.kind === "create" || (change.kind === "replace" && change.reuse === undefined)
      ? [change.object]
      : [],
  );
  // What fills a view in a shared table is the table's own.
  const own = built.filter(({ fusedIn }) => fusedIn === undefined);
  const byLevel = [...own].sort((a, b) => a.level - b.level);
  const altered = changes.filter((change) => change.kind === "alter");
  // On its new path a trigger sees later buckets; those that the old one still had to compute are computed here.
  const filled: Filled[] = [
    ...own.map((object) => ({ object, behind: undefined })),
    ...altered.flatMap(({ object, previous }) =>
      object.path === previous.path || !object.triggers.length ? [] : [{ object, behind: previous.path }],
    ),
  ].sort((a, b) => a.object.level - b.object.level);
  return distinctSteps([
    ...changes.flatMap(databaseSteps),
    ...changes.flatMap(tableSteps),
    ...altered.flatMap((change) => triggerSteps(change, ({ kind }) => kind !== "drop")),
    ...byLevel.flatMap((object) =>
      object.triggers.map((trigger) => createStep(trigger, "create_trigger", objectId(object))),
    ),
    ...filled.flatMap((item) => backfillSteps(item, desired)),
    ...altered.flatMap((change) => triggerSteps(change, ({ kind }) => kind === "drop")),
    ...byLevel.flatMap((object) => [...checkSteps(object, desired), ...recomputeSteps(object, desired)]),
    // A version that was retired was fed all the time; before it is shown again, that is looked at.
    ...changes.flatMap((change) =>
      change.kind === "replace" && change.reuse !== undefined ? checkSteps(change.object, desired) : [],
    ),
    ...changes.flatMap(aliasSteps),
    ...altered.flatMap(commentSteps),
    ...changes.flatMap((change) => {
      if (change.kind === "retire") return dropAliasSteps(change.previous);
      return change.kind === "replace" && change.renamedFrom !== undefined
        ? change.renamedFrom.versions.filter(({ state }) => state === "live").flatMap(dropAliasSteps)
        : [];
    }),
  ]);
}

function databaseSteps(change: Change): Step[] {
  if (change.kind !== "create_database") return [];
  return [
    {
      name: `create_database ${change.name}`,
      kind: "create_database",
      object: changeObject(change),
      target: undefined,
      buckets: undefined,
      // Overlay, the default of an embedded engine, has no atomic exchange.
      sql: `CREATE DATABASE IF NOT EXISTS ${quoteIdentifier(change.name)} ENGINE = Atomic`,
      reverse: undefined,
    },
  ];
}

function tableSteps(change: Change): Step[] {
  switch (change.kind) {
    case "create_table":
      return [createStep(change.table, "create_table", changeObject(change))];
    case "alter_table":
      return alterTableSteps(change, changeObject(change));
    case "create":
      return change.object.tables.map((table) => createStep(table, "create_table", objectId(change.object)));
    case "replace":
      return change.reuse !== undefined
        ? []
        : change.object.tables.map((table) => createStep(table, "create_table", objectId(change.object)));
    case "alter":
      return [
        ...change.newTables.map((table) => createStep(table, "create_table", objectId(change.object))),
        ...change.tables.flatMap((table) => alterTableSteps(table, objectId(change.object))),
      ];
    default:
      return [];
  }
}

function triggerSteps(
  change: Extract<Change, { kind: "alter" }>,
  isWanted: (item: TriggerChange) => boolean,
): Step[] {
  return change.triggers.filter(isWanted).map((item) => triggerStep(item, objectId(change.object)));
}

function triggerStep(item: TriggerChange, object: string): Step {
  switch (item.kind) {
    case "create":
      return createStep(item.trigger, "create_trigger", object);
    case "alter":
      return {
        name: `alter_trigger ${stepName(item.trigger)}`,
        kind: "alter_trigger",
        object,
        target: tableName(item.trigger),
        buckets: undefined,
        sql: modifyQuery(item.trigger, item.trigger.select),
        reverse: modifyQuery(item.trigger, item.previous.select),
      };
    case "drop":
      return {
        name: `drop_trigger ${stepName(item.previous)}`,
        kind: "drop_trigger",
        object,
        target: tableName(item.previous),
        buckets: undefined,
        sql: renderDrop(item.previous),
        reverse: renderCreate(item.previous),
      };
  }
}

function modifyQuery(trigger: TableName, select: string): string {
  return `ALTER TABLE ${quoteName(trigger)} MODIFY QUERY\n${select}`;
}

function createStep(object: SchemaObject, kind: "create_table" | "create_trigger", owner: string): Step {
  return {
    name: `${kind} ${stepName(object)}`,
    kind,
    object: owner,
    target: tableName(object),
    buckets: undefined,
    sql: renderCreate(object),
    reverse: renderDrop(object),
  };
}

function aliasSteps(change: Change): Step[] {
  switch (change.kind) {
    case "create":
      return switchStep(change.object, null);
    case "replace":
      return switchStep(
        change.object,
        change.previous.state === "live" && change.renamedFrom === undefined ? change.previous.alias : null,
      );
    case "alter":
      return change.alias === undefined || change.alias.commentOnly
        ? []
        : switchStep(change.object, change.alias.from);
    default:
      return [];
  }
}

function switchStep(object: CompiledObject, previous: DeployedObject["alias"]): Step[] {
  if (object.alias === undefined) return [];
  return [
    {
      name: `switch_alias ${stepName(object.alias)}`,
      kind: "switch_alias",
      object: objectId(object),
      target: tableName(object.alias),
      buckets: undefined,
      sql: renderCreate(object.alias, { orReplace: true }),
      reverse: previous === null ? renderDrop(object.alias) : renderCreate(previous, { orReplace: true }),
    },
  ];
}

function dropAliasSteps(previous: DeployedObject): Step[] {
  if (previous.alias === null) return [];
  return [
    {
      name: `drop_alias ${stepName(previous.alias)}`,
      kind: "drop_alias",
      object: `${previous.kind}:${previous.name}`,
      target: tableName(previous.alias),
      buckets: undefined,
      sql: renderDrop(previous.alias),
      reverse: renderCreate(previous.alias),
    },
  ];
}

function commentSteps(change: Extract<Change, { kind: "alter" }>): Step[] {
  const { alias } = change;
  if (alias === undefined || !alias.commentOnly || alias.from === null) return [];
  return [
    {
      name: `comment ${stepName(alias.to)}`,
      kind: "comment",
      object: objectId(change.object),
      target: tableName(alias.to),
      buckets: undefined,
      sql: renderComment(alias.to),
      reverse: renderComment(alias.from),
    },
  ];
}

function tableName({ database, name }: TableName): TableName {
  return { database, name };
}
