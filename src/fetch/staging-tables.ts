import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import { table } from "../compile/kysely/table.js";
import { kyselyReader } from "../engine/kysely-driver.js";
import type { Engine } from "../engine/port.js";
import type { TableName } from "../schema/object.js";
import { renderDrop } from "../schema/render.js";

/** The tables that one fetch works in. */
export interface StagingTables {
  /** What a file is found to hold. */
  readonly shape: TableName;
  readonly spine: TableName;
  readonly outages: TableName;
  /** A new name for each step of joining. */
  step(): TableName;
}

/** How tables of a fetch are named: `fetch_<12 hex>_<what>`. No version of a view or vector has such a name. */
const pattern = "^fetch_[0-9a-f]{12}_(shape|spine|outages|step_[0-9]+)$";
const abandonedAfterHours = 24;

/** Names tables for one fetch and drops them at its end, and any that a killed fetch left behind a day ago. */
export async function withStaging<T>(
  engine: Engine,
  database: string,
  work: (tables: StagingTables) => Promise<T>,
): Promise<T> {
  const id = randomBytes(6).toString("hex");
  const name = (what: string): TableName => ({ database, name: `fetch_${id}_${what}` });
  const fixed = { shape: name("shape"), spine: name("spine"), outages: name("outages") };
  const steps: TableName[] = [];
  const step = (): TableName => {
    const made = name(`step_${steps.length}`);
    steps.push(made);
    return made;
  };
  await dropAll(engine, await abandoned(engine, database));
  try {
    return await work({ ...fixed, step });
  } finally {
    await dropAll(engine, [...Object.values(fixed), ...steps]);
  }
}

async function abandoned(engine: Engine, database: string): Promise<TableName[]> {
  const rows = await kyselyReader(engine)
    .selectFrom(table<{ database: string; name: string }, "t">({ database: "system", name: "tables" }, "t"))
    .select("t.name")
    .where("t.database", "=", database)
    .where(sql<boolean>`match(name, ${pattern})`)
    .where(sql<boolean>`metadata_modification_time < now() - toIntervalHour(${abandonedAfterHours})`)
    .execute();
  return rows.map((row) => ({ database, name: row.name }));
}

async function dropAll(engine: Engine, tables: readonly TableName[]): Promise<void> {
  for (const one of tables) {
    await engine.execute(renderDrop({ kind: "table", ...one, columns: [], engine: "Null", orderBy: [] }));
  }
}
