import type { Catalog, CompiledObject } from "../../src/compile/catalog.js";
import { compileProject } from "../../src/compile/compile-project.js";
import type { Engine } from "../../src/engine/port.js";
import type { Table, TableName } from "../../src/schema/object.js";
import { quoteIdentifier, quoteName } from "../../src/schema/quote.js";
import { renderCreate } from "../../src/schema/render.js";
import type { LabelSpec, ProjectSpecs } from "../../src/spec/model.js";
import { parseProject } from "../../src/spec/parse-project.js";
import { readFiles, repository } from "../unit/spec/project-files.js";

/** The end of a closed bucket and the price that was known there. */
export interface PricedBucket {
  readonly id: number;
  readonly endMs: number;
  /** NULL: no valid price; undefined: the view has no row of the bucket at all. */
  readonly price: number | null | undefined;
  readonly ageMs?: number;
}

const instrument = { exchange: "binance", market_type: "spot", symbol: "BTCUSDT" };

const stock = parseProject(readFiles(repository), {}, "/project");
const catalogs = new WeakMap<ProjectSpecs, Catalog>();

/** The stock project with one label and the view of its price, under another name of the features database. */
export function labelProject(label: LabelSpec, database: string): ProjectSpecs {
  const databases = { ...stock.project.databases, features: database };
  const views = stock.views.filter(({ name }) => name === "book_state");
  return {
    ...stock,
    project: { ...stock.project, databases },
    views,
    aliases: [],
    vectors: [],
    models: [],
    labels: [label],
  };
}

/** Compiled once for each project: a test asks for it often. */
function catalogOf(specs: ProjectSpecs): Catalog {
  const known = catalogs.get(specs) ?? compileProject(specs);
  catalogs.set(specs, known);
  return known;
}

export function compiledLabel(specs: ProjectSpecs): CompiledObject {
  const found = catalogOf(specs).objects.find(({ kind }) => kind === "label");
  if (found === undefined) throw new Error("no label");
  return found;
}

/** The table of a view's version. */
export function compiledView(specs: ProjectSpecs, view: string): TableName {
  const table = catalogOf(specs).objects.find(({ name }) => name === view)?.storage?.table;
  if (table === undefined) throw new Error(`no ${view}`);
  return table;
}

/** Makes the tables that a label reads and writes, with nothing in them. */
export async function createLabelTables(engine: Engine, specs: ProjectSpecs): Promise<void> {
  const catalog = catalogOf(specs);
  const wanted = ["unified_buckets", "closes"];
  const tables: Table[] = [
    ...catalog.clockTables.filter(({ name }) => wanted.includes(name)),
    ...catalog.objects
      .filter(({ kind, name }) => kind === "label" || name === "book_state")
      .flatMap((object) => object.tables),
  ];
  await engine.execute(
    `CREATE DATABASE IF NOT EXISTS ${quoteIdentifier(specs.project.databases.features)} ENGINE = Atomic`,
  );
  for (const table of tables) {
    await engine.execute(`DROP TABLE IF EXISTS ${quoteName(table)}`);
    await engine.execute(renderCreate(table));
  }
}

/** Stores buckets as closing them does: bucket rows, their prices, and, up to `closed`, that they are complete. */
export async function storePrices(
  engine: Engine,
  specs: ProjectSpecs,
  buckets: readonly PricedBucket[],
  options: { readonly v?: number; readonly closed?: number } = {},
): Promise<void> {
  const database = specs.project.databases.features;
  const { v = 1, closed = Number.POSITIVE_INFINITY } = options;
  const time = "DateTime64(3, 'UTC')";
  const block = (rows: readonly PricedBucket[]) => ({
    rows: rows.length,
    columns: [
      ...Object.entries(instrument).map(([name, value]) => ({
        name,
        type: "String",
        values: rows.map(() => value),
      })),
      { name: "bucket_id", type: "UInt64", values: BigUint64Array.from(rows, ({ id }) => BigInt(id)) },
      { name: "v", type: "UInt64", values: BigUint64Array.from(rows, () => BigInt(v)) },
    ],
  });
  const timed = (rows: readonly PricedBucket[]) => {
    const { columns, ...rest } = block(rows);
    const ms = (shift: number) => BigInt64Array.from(rows, ({ endMs }) => BigInt(endMs + shift));
    const times = [
      { name: "bucket_ts_start", type: time, values: ms(-1) },
      { name: "bucket_ts_end", type: time, values: ms(0) },
      { name: "available_at", type: time, values: ms(0) },
    ];
    return { ...rest, columns: [...columns, ...times] };
  };
  await engine.insert({ database, name: "unified_buckets" }, timed(buckets));
  const prices = buckets.filter(({ price }) => price !== undefined);
  const priced = timed(prices);
  await engine.insert(compiledView(specs, "book_state"), {
    ...priced,
    columns: [
      ...priced.columns,
      { name: "last_valid_mid", type: "Nullable(Float64)", values: prices.map(({ price }) => price ?? null) },
      { name: "mid_age_ms", type: "Nullable(Float64)", values: prices.map(({ ageMs }) => ageMs ?? 0) },
    ],
  });
  const done = buckets.filter(({ id }) => id <= closed);
  const marked = block(done);
  await engine.insert(
    { database, name: "closes" },
    {
      ...marked,
      columns: [
        ...marked.columns,
        { name: "clock", type: "String", values: done.map(() => "ubt") },
        { name: "path", type: "String", values: done.map(() => compiledLabel(specs).path) },
      ],
    },
  );
}

/** Computes every label by the text that apply and batches use, and reads what is stored. */
export async function computedLabels(
  engine: Engine,
  specs: ProjectSpecs,
): Promise<Record<string, unknown>[]> {
  const { backfill } = compiledLabel(specs);
  if (backfill === undefined) throw new Error("nothing to compute");
  await engine.execute(backfill);
  return storedLabels(engine, specs);
}

/** Labels by bucket; times in ms. */
export async function storedLabels(engine: Engine, specs: ProjectSpecs): Promise<Record<string, unknown>[]> {
  const label = compiledLabel(specs);
  if (label.storage === undefined) throw new Error("no table");
  const outputs = label.columns.map(({ name, type }) =>
    type.includes("DateTime")
      ? `toInt64(toUnixTimestamp64Milli(${quoteIdentifier(name)})) AS ${quoteIdentifier(name)}`
      : quoteIdentifier(name),
  );
  return engine.rows(
    `SELECT toInt64(bucket_id) AS id, toInt64(v) AS label_v, ${outputs.join(", ")}
     FROM ${quoteName(label.storage.table)} FINAL ORDER BY bucket_id`,
  );
}
