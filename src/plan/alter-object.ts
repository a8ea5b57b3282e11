import type { CompiledObject } from "../compile/catalog.js";
import { printTokens, tokenize } from "../compile/expression/tokens.js";
import { FeatureError } from "../errors.js";
import type { MaterializedView, Table } from "../schema/object.js";
import { metadataCauses } from "./cause.js";
import type { Change, ChangeClass, TableChange, TriggerChange } from "./change.js";
import { type DeployedObject, deployedObject, isInPlace } from "./deployed.js";
import { compareTables, type TableDifference } from "./table-difference.js";

/**
 * The change that brings an object that keeps its data up to date in place: none, or one `alter`. A gate or stream is
 * always altered in place; it only ever gains columns, because versions that are no longer wanted still read it.
 */
export function alterObject(
  object: CompiledObject,
  previous: DeployedObject,
  classOf: (differences: readonly TableDifference[]) => ChangeClass,
): Change[] {
  const wanted = isInPlace(object.kind) ? keepColumns(object, previous) : object;
  const tables = tableChanges(wanted.tables, previous.tables);
  const newTables = wanted.tables.filter((table) => !previous.tables.some(({ name }) => name === table.name));
  const triggers = triggerChanges(wanted.triggers, previous.triggers);
  const alias = aliasChange(object, previous);
  const unchanged =
    tables.length + newTables.length + triggers.length === 0 &&
    alias === undefined &&
    object.dataHash === previous.dataHash &&
    object.metadataHash === previous.metadataHash &&
    object.path === previous.path &&
    object.upstream.join() === previous.upstream.join() &&
    object.level === previous.level;
  if (unchanged) return [];
  const differences = tables.flatMap((table) => table.differences);
  const structural = newTables.length + triggers.length > 0 || (alias !== undefined && !alias.commentOnly);
  const tableClass = classOf(differences);
  const merged = new Map(tables.map((table) => [table.merged.name, table.merged]));
  return [
    {
      kind: "alter",
      class: structural && tableClass === "metadata" ? "additive" : tableClass,
      object,
      previous,
      newTables,
      tables,
      triggers,
      alias,
      causes: metadataCauses(object, previous),
      result: {
        ...deployedObject(object, previous.state),
        tables: wanted.tables.map((table) => merged.get(table.name) ?? keptTable(table, previous)),
        triggers: wanted.triggers,
      },
    },
  ];
}

function keptTable(table: Table, previous: DeployedObject): Table {
  return previous.tables.find(({ name }) => name === table.name) ?? table;
}

function tableChanges(wanted: readonly Table[], previous: readonly Table[]): TableChange[] {
  return wanted.flatMap((table) => {
    const old = previous.find(({ name }) => name === table.name);
    if (old === undefined) return [];
    const comparison = compareTables(table, old);
    return comparison.differences.length === 0 ? [] : [comparison];
  });
}

/**
 * A stream that lacks columns of the deployed one stays as it is deployed. One that lacks some and needs others would have
 * to be compiled for both: the caller of the compiler passes what is deployed.
 */
function keepColumns(
  object: CompiledObject,
  previous: DeployedObject,
): Pick<CompiledObject, "tables" | "triggers"> {
  const names = (tables: readonly Table[]): string[] =>
    tables.flatMap((table) => table.columns.map((column) => `${table.name}.${column.name}`));
  const [desired, deployed] = [new Set(names(object.tables)), new Set(names(previous.tables))];
  const gone = [...deployed].filter((name) => !desired.has(name));
  if (gone.length === 0) return object;
  const added = [...desired].filter((name) => !deployed.has(name));
  if (added.length === 0) return previous;
  throw new FeatureError(
    "FS_PLAN_UNSUPPORTED",
    `${object.name} needs ${added.join(", ")} and no longer ${gone.join(", ")}, which deployed versions still read`,
    {
      object: `${object.kind}:${object.name}`,
      hint: "Keep a view that reads the old columns in this step, and remove it in the next.",
    },
  );
}

function triggerChanges(
  wanted: readonly MaterializedView[],
  previous: readonly MaterializedView[],
): TriggerChange[] {
  const changes = wanted.flatMap((trigger): TriggerChange[] => {
    const old = previous.find(({ name }) => name === trigger.name);
    if (old === undefined) return [{ kind: "create", trigger }];
    return sameSql(old.select, trigger.select) ? [] : [{ kind: "alter", trigger, previous: old }];
  });
  const dropped = previous.filter(({ name }) => !wanted.some((trigger) => trigger.name === name));
  return [...changes, ...dropped.map((old): TriggerChange => ({ kind: "drop", previous: old }))];
}

function aliasChange(object: CompiledObject, previous: DeployedObject) {
  const to = object.alias;
  if (to === undefined) return undefined;
  const from = previous.alias;
  if (from === null) return { to, from, commentOnly: false };
  if (!sameSql(from.select, to.select)) return { to, from, commentOnly: false };
  return (from.comment ?? "") === (to.comment ?? "") ? undefined : { to, from, commentOnly: true };
}

/** Equal but for layout and comments. */
function sameSql(a: string, b: string): boolean {
  if (a === b) return true;
  try {
    return printTokens(tokenize(a)) === printTokens(tokenize(b));
  } catch {
    return false;
  }
}
