/** What an engine holds, as rows to compare. */
import { storedKey } from "../../src/compile/feature-table.js";
import { bucketColumnTypes } from "../../src/compile/names.js";
import type { Column, Table, TableName } from "../../src/schema/object.js";
import { quoteIdentifier, quoteName } from "../../src/schema/quote.js";
import { type Deployment, tablesOf } from "./stock-deployment.js";

export type StoredRow = Readonly<Record<string, unknown>>;

/** Columns that tell when, or by which attempt, a row was stored: the same work done twice gives other values. */
const bookkeeping = ["created_at", "ingested_at", "updated_at", "closed_at", "v", "keep"];

/** Rows of the clock's bucket table in the oracle's form, ordered by instrument and id. */
export async function storedBuckets(deployment: Deployment): Promise<StoredRow[]> {
  const { name, database } = deployment.context.compiled.buckets;
  const table = tableOf(deployment, { name, database });
  return inOracleForm(deployment, `${quoteName(table)} FINAL`, table.columns);
}

/** Stored trades, or what `late_trades` holds of them, in the oracle's form and order. */
export async function storedTrades(
  deployment: Deployment,
  name: "trades" | "late_trades" = "trades",
): Promise<StoredRow[]> {
  const table = tableOf(deployment, { database: deployment.project.databases.raw, name });
  const names = ["exchange", "market_type", "symbol", "timestamp", "trade_seq", "trade_id"];
  const columns = [
    ...names,
    "price",
    "quantity",
    "side",
    "available_at",
    ...(name === "trades" ? ["late"] : []),
  ];
  return inOracleForm(
    deployment,
    `${quoteName(table)} FINAL`,
    table.columns.filter((column) => columns.includes(column.name)),
    ["timestamp", "trade_seq", "trade_id"],
  );
}

/** Rows of a view or a vector as consumers read them, in the oracle's form, ordered by instrument and bucket. */
export async function storedFeatures(deployment: Deployment, name: string): Promise<StoredRow[]> {
  const object = deployment.catalog.objects.find((item) => item.name === name && item.alias !== undefined);
  if (object?.alias === undefined) throw new Error(`no view or vector ${name}`);
  return inOracleForm(deployment, quoteName(object.alias), [
    ...bucketColumnTypes(storedKey),
    ...object.columns.map((column) => ({ name: column.name, type: column.type })),
  ]);
}

/**
 * All rows of every table that must come out the same whatever way led there, by table and ordered by key, without
 * bookkeeping. Floats are written so that other bits are another text.
 */
export async function storedTables(deployment: Deployment): Promise<Record<string, StoredRow[]>> {
  const names = ["trades", "orderbooks", "late_trades", "unified_buckets", "bucket_state", "closes"];
  const { raw, features } = deployment.project.databases;
  const compared = tablesOf(deployment.catalog).filter(
    ({ name, database, engine }) =>
      engine !== "Null" &&
      ((names.includes(name) && (database === raw || database === features)) ||
        deployment.catalog.objects.some(({ storage }) => storage?.table.name === name)),
  );
  const result: Record<string, StoredRow[]> = {};
  for (const table of compared) {
    const columns = table.columns.filter(
      (column) => column.default?.kind !== "ALIAS" && !bookkeeping.includes(column.name),
    );
    result[table.name] = await deployment.engine.rows<StoredRow>(
      `SELECT ${columns.map((column) => quoteIdentifier(column.name)).join(", ")}
       FROM ${quoteName(table)} FINAL ORDER BY ${table.orderBy.join(", ")}`,
    );
  }
  return result;
}

/** Times are epoch milliseconds and integers numbers below 2^53; decimals are text without trailing zeros. */
async function inOracleForm(
  { engine }: Deployment,
  from: string,
  columns: readonly Column[],
  orderBy: readonly string[] = ["bucket_id"],
): Promise<StoredRow[]> {
  const list = columns
    .filter(({ name }) => !bookkeeping.includes(name))
    .map(({ name, type }) => `${oracleForm(`t.${quoteIdentifier(name)}`, type)} AS ${quoteIdentifier(name)}`);
  return engine.rows<StoredRow>(
    `SELECT ${list.join(", ")} FROM (SELECT * FROM ${from}) AS t
     ORDER BY concat(t.exchange, '/', t.market_type, '/', t.symbol), ${orderBy.map((name) => `t.${name}`).join(", ")}`,
  );
}

function oracleForm(column: string, type: string): string {
  if (type.startsWith("DateTime64")) return `toFloat64(toUnixTimestamp64Milli(${column}))`;
  return type === "UInt64" ? `toFloat64(${column})` : column;
}

function tableOf({ catalog }: Deployment, { database, name }: TableName): Table {
  const table = tablesOf(catalog).find((item) => item.database === database && item.name === name);
  if (table === undefined) throw new Error(`no table ${database}.${name}`);
  return table;
}
