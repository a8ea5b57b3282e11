/**
 * `feature apply --repair`: what is ours stands again as the registry says. Buckets that were closed while something was missing or
 * altered are noted in `dirty` before it is restored: whoever closes buckets computes them again on all levels, also after a
 * crash.
 */
import { sourceTable } from "../compile/source-relation.js";
import { readObjects } from "../engine/introspect.js";
import type { Engine } from "../engine/port.js";
import { FeatureError, Findings } from "../errors.js";
import { alterTableSteps } from "../plan/alter-table-steps.js";
import type { DeployedObject, DeployedState } from "../plan/deployed.js";
import { type Drift, expectedObjects } from "../plan/drift.js";
import { compareTables } from "../plan/table-difference.js";
import { readsVersion } from "../plan/versions.js";
import { bucketsName } from "../schema/clock-tables.js";
import type { Column, SchemaObject, Table, TableName } from "../schema/object.js";
import { quoteIdentifier, quoteName } from "../schema/quote.js";
import { renderCreate } from "../schema/render.js";
import type { Project } from "../spec/model.js";
import { sqlTemplate } from "../sql-template.js";
import { insertsEnded } from "./running-inserts.js";

const markSql = sqlTemplate(import.meta.url, "mark-repair");
const changedAtSql = sqlTemplate(import.meta.url, "changed-at");

/** Before every bucket. */
const always = "1970-01-01 00:00:00.000";

/** Buckets that have to be computed again: all of a clock, those without a row in `table`, those closed since a moment. */
interface Spoilt {
  readonly clock: string;
  readonly table: TableName | undefined;
  readonly since: string;
}

export interface Repaired {
  /** `database.name` of what was restored, in the order in which it was. */
  readonly objects: readonly string[];
}

/** Restores what is missing or changed. @throws FS_REGISTRY_UNREPAIRABLE for all that it cannot, before anything is done. */
export async function repairDrift(
  engine: Engine,
  project: Project,
  state: DeployedState,
  drift: readonly Drift[],
): Promise<Repaired> {
  const ours = drift.filter(({ kind }) => kind !== "foreign");
  const expected = new Map(expectedObjects(state).map(({ object }) => [nameOf(object), object]));
  const live = new Map(
    (await readObjects(engine, state.databases)).map((object) => [nameOf(object), object]),
  );
  const statements: { readonly name: string; readonly sql: readonly string[] }[] = [];
  const findings: FeatureError[] = [];
  for (const { target, object: owner } of ours) {
    const wanted = expected.get(nameOf(target));
    if (wanted === undefined) continue;
    const found = live.get(nameOf(target));
    const restored = found === undefined ? [renderCreate(wanted)] : restore(wanted, found, owner);
    if (typeof restored === "string") {
      findings.push(
        new FeatureError("FS_REGISTRY_UNREPAIRABLE", `${nameOf(target)}: ${restored}`, { object: owner }),
      );
    } else statements.push({ name: nameOf(target), sql: restored });
  }
  const [first] = findings;
  if (first !== undefined) throw findings.length === 1 ? first : new Findings(findings);

  const spoilt = await spoiltBuckets(engine, state, ours, expected);
  const dirty = { database: project.databases.features, name: "dirty" };
  const intent = `repair-${Date.now()}`;
  // What notes and closes stand on comes first; it is no part of what is computed.
  const isTable = ({ name }: { name: string }): boolean =>
    state.tables.some((table) => nameOf(table) === name);
  for (const { sql } of statements.filter(isTable)) for (const text of sql) await engine.execute(text);
  await mark(engine, project, dirty, intent, spoilt, live);
  for (const { sql } of statements.filter((one) => !isTable(one)))
    for (const text of sql) await engine.execute(text);
  // Closes that had begun did not see what was restored.
  await insertsEnded(engine, project.databases.features);
  await mark(engine, project, dirty, intent, spoilt, expected);
  for (const owner of state.objects) {
    const [table] = owner.tables;
    const [trigger] = owner.triggers;
    if (owner.clock !== "" || owner.kind !== "view" || table === undefined || trigger === undefined) continue;
    if (!ours.some(({ target }) => [table, trigger].some((one) => nameOf(one) === nameOf(target)))) continue;
    // What is there already is written once more and stays one row (the key and `keep` are the source's).
    const columns = table.columns
      .filter(({ name }) => name !== "created_at")
      .map(({ name }) => quoteIdentifier(name));
    await insertsEnded(engine, project.databases.raw);
    await engine.execute(`INSERT INTO ${quoteName(table)} (${columns.join(", ")})\n${trigger.select}`);
  }
  return { objects: statements.map(({ name }) => name) };
}

/** The statements that make `found` what is `wanted`; words where there are none. */
function restore(wanted: SchemaObject, found: SchemaObject, owner: string): readonly string[] | string {
  if (wanted.kind !== found.kind) return `it is a ${found.kind.replace("_", " ")} now, and not ours to drop`;
  switch (wanted.kind) {
    case "view":
      return [renderCreate(wanted, { orReplace: true })];
    case "materialized_view": {
      const isSameTarget = found.kind === "materialized_view" && nameOf(found.to) === nameOf(wanted.to);
      // The query alone can be replaced while rows flow.
      return isSameTarget
        ? [`ALTER TABLE ${quoteName(wanted)} MODIFY QUERY\n${wanted.select}`]
        : [`DROP VIEW ${quoteName(wanted)}`, renderCreate(wanted)];
    }
    case "table":
      return restoreTable(wanted, found, owner);
  }
}

function restoreTable(wanted: Table, found: SchemaObject, owner: string): readonly string[] | string {
  if (found.kind !== "table") return "it is no table now";
  const extra = found.columns.filter(({ name }) => !wanted.columns.some((column) => column.name === name));
  if (extra.length > 0) {
    const names = extra.map(({ name }) => name).join(", ");
    return `column ${names} is not ours: drop it by hand (ALTER TABLE ${quoteName(wanted)} DROP COLUMN …), or keep it elsewhere`;
  }
  const { differences, merged } = compareTables(wanted, respelt(found, wanted));
  const refused = differences.flatMap((item) =>
    item.kind === "unsupported" ? [`${item.what} is ${item.from} and should be ${item.to}`] : [],
  );
  if (refused.length > 0) return `${refused.join("; ")}; no statement can change that in place`;
  return alterTableSteps({ merged, differences }, owner).map(({ sql }) => sql);
}

/** The engine spells some things in its own way: a column that differs in spelling only is as it should be. */
function respelt(found: Table, wanted: Table): Table {
  const plain = ({ type, codec = "", default: value }: Column): string =>
    [
      type,
      codec.replace(/\b(Delta|DoubleDelta|Gorilla)\(\d+\)/g, "$1"),
      value?.kind ?? "",
      value?.expression ?? "",
    ]
      .join(" ")
      .replace(/\s+/g, "");
  const columns = found.columns.map((column) => {
    const own = wanted.columns.find(({ name }) => name === column.name);
    if (own === undefined || plain(own) !== plain(column)) return column;
    const { comment: _, ...definition } = own;
    return column.comment === undefined ? definition : { ...definition, comment: column.comment };
  });
  return { ...found, columns };
}

async function spoiltBuckets(
  engine: Engine,
  state: DeployedState,
  drift: readonly Drift[],
  expected: ReadonlyMap<string, SchemaObject>,
): Promise<Spoilt[]> {
  const changed = drift.filter(({ kind }) => kind === "changed").map(({ target }) => target);
  const rows = await engine.rows<{ database: string; name: string; changed_at: string }>(changedAtSql(), {
    params: { databases: changed.map(({ database }) => database), names: changed.map(({ name }) => name) },
  });
  const changedAt = new Map(rows.map((row) => [nameOf(row), row.changed_at]));
  return drift.flatMap(({ kind, target }): Spoilt[] => {
    const object = expected.get(nameOf(target));
    const owner = state.objects.find(({ tables, triggers }) =>
      [...tables, ...triggers].some((one) => nameOf(one) === nameOf(target)),
    );
    if (object === undefined || owner === undefined || object.kind === "view") return [];
    const { clock } = owner;
    // A view of rows has no buckets; it is filled again as a whole.
    if (clock === "") return [];
    if (object.kind === "table") {
      // A column that is added again is empty; a table that is, too. Streams store nothing.
      const hasRows = owner.storage !== null && (kind === "missing" || kind === "changed");
      return hasRows ? [{ clock, table: undefined, since: always }] : [];
    }
    if (kind === "changed")
      return [{ clock, table: undefined, since: changedAt.get(nameOf(target)) ?? always }];
    return fedThrough(owner, state).flatMap(({ storage }) =>
      storage === null ? [] : [{ clock, table: storage.table, since: always }],
    );
  });
}

/** The versions that miss rows when a trigger of `owner` was missing: its own, or all that hang on the stream. */
function fedThrough(owner: DeployedObject, state: DeployedState): DeployedObject[] {
  if (owner.storage !== null) return [owner];
  const names = new Set(owner.tables.map(({ name }) => name));
  return state.objects.filter(
    (object) =>
      object.storage !== null &&
      (object.triggers.some(({ select }) => [...names].some((name) => select.includes(name))) ||
        readsVersion(object, owner)),
  );
}

async function mark(
  engine: Engine,
  project: Project,
  dirty: TableName,
  intent: string,
  spoilt: readonly Spoilt[],
  there: ReadonlyMap<string, unknown>,
): Promise<void> {
  for (const { clock, table, since } of spoilt) {
    const onlyMissing =
      table === undefined || !there.has(nameOf(table))
        ? ""
        : `AND (exchange, market_type, symbol, bucket_id) NOT IN (SELECT exchange, market_type, symbol, bucket_id FROM ${quoteName(table)})`;
    const sql = markSql({
      dirty: quoteName(dirty),
      buckets: quoteName(bucketsName(project, clock)),
      closes: quoteName({ database: project.databases.features, name: "closes" }),
      trades: quoteName(sourceTable(project, "trades")),
      only_missing: onlyMissing,
    });
    await engine.execute(sql, { params: { clock, intent, since } });
  }
}

function nameOf({ database, name }: TableName): string {
  return `${database}.${name}`;
}
