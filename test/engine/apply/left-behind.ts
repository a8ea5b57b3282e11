import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Catalog } from "../../../src/compile/catalog.js";
import { readObjects } from "../../../src/engine/introspect.js";
import type { Engine } from "../../../src/engine/port.js";
import { openRegistryReader } from "../../../src/registry/reader.js";
import { type SmallOptions, smallCatalog } from "../../support/small-catalog.js";

export const databases = ["raw", "cold", "features", "registry"];

/** The small catalog with few raw tables, for tests that apply it many times. */
export function slim(options: SmallOptions = {}): Catalog {
  const catalog = smallCatalog(options);
  return {
    ...catalog,
    raw: catalog.raw.filter(
      ({ database, name }) => database === "raw" && /^(trades|instruments)$/.test(name),
    ),
  };
}

/** Less still: without the vector, and of the bookkeeping only what a backfill and its check read. */
export function tiny(options: SmallOptions = {}): Catalog {
  const catalog = slim({ ...options, noVector: true });
  return {
    ...catalog,
    clockTables: catalog.clockTables.filter(({ name }) => /^(unified_buckets|closes|ubt__.*)$/.test(name)),
  };
}

/** All that runs leave behind: objects, rows, what the registry says is deployed, and the files. */
export async function readLeftBehind(engine: Engine, root: string): Promise<unknown> {
  // A lock bears the number of the run that took it.
  const objects = (await readObjects(engine, databases)).filter(({ name }) => !name.startsWith("apply_lock"));
  const rows: Record<string, unknown> = {};
  for (const alias of ["flow", "ratio", "trend", "counted"]) {
    const known = objects.some((object) => object.database === "features" && object.name === alias);
    if (known) rows[alias] = await engine.rows(`SELECT * FROM features.${alias} ORDER BY ALL`);
  }
  const registry = openRegistryReader(engine, "registry");
  const revisions = (await registry.revisions()).map(({ startedAt, finishedAt, ...revision }) => revision);
  const files = readdirSync(join(root, "migrations")).map((file) => [
    file,
    readFileSync(join(root, "migrations", file), "utf8"),
  ]);
  return { objects, rows, revisions, deployed: await registry.deployed(), files };
}

/** What counts attempts and moments: the same content may have taken more of them. */
const incidental = /^(v|at|created_at|ingested_at|keep|closed_at|started_at|finished_at|seq)$/;

/**
 * Every row of every table, and the registry: versions, revisions, what was seen, and how every step and chunk ended. A chunk that
 * was cut off and computed again has one more entry that never ended.
 */
export async function readWholeTarget(engine: Engine): Promise<unknown> {
  const objects = (await readObjects(engine, databases)).filter(({ name }) => !name.startsWith("apply_lock"));
  const content: Record<string, unknown> = {};
  for (const object of objects) {
    if (object.kind !== "table" || object.engine === "Null" || object.name === "steps") continue;
    const columns = object.columns.map(({ name }) => name).filter((name) => !incidental.test(name));
    const final = object.engine.startsWith("Replacing") ? "FINAL" : "";
    content[`${object.database}.${object.name}`] = await engine.rows(
      `SELECT ${columns.map((name) => `\`${name}\``).join(", ")} FROM ${object.database}.${object.name} ${final} ORDER BY ALL`,
    );
  }
  const steps = await engine.rows(
    `SELECT revision, step, name, kind, object, if(argMax(state, seq) = 'skipped', 'done', argMax(state, seq)) AS ended
     FROM registry.steps WHERE chunk = 0 GROUP BY ALL ORDER BY revision, step`,
  );
  return { objects, content, steps };
}
