/** Physical names (docs/architecture.md, "Names and versions") and the columns that every bucket-keyed row has. */
import type { Column, TableName } from "../schema/object.js";
import { quoteIdentifier } from "../schema/quote.js";
import type { StreamName } from "../spec/model.js";
import { keyColumns } from "../spec/stream-columns.js";
import type { Path } from "./catalog.js";
import { shortHash } from "./fingerprint.js";

export const bucketKey = ["exchange", "market_type", "symbol", "bucket_id"] as const;
/** What a computed row knows of its bucket. */
export const bucketColumns = keyColumns;
/**
 * The place of a bucket in its insert, from 1: one number that stands for the bucket within a block. Grouping rows by it takes a
 * seventh of the time of grouping them by the bucket's columns (docs/engine-facts.md).
 */
export const placeColumn = "bucket__place";
/** What a trigger row carries of its bucket, and what every stream row repeats. */
export const triggerColumns = [...bucketColumns, placeColumn] as const;

const types: Readonly<Record<(typeof triggerColumns)[number], string>> = {
  exchange: "LowCardinality(String)",
  market_type: "LowCardinality(String)",
  symbol: "LowCardinality(String)",
  bucket_id: "UInt64",
  bucket_ts_start: "DateTime64(3, 'UTC')",
  bucket_ts_end: "DateTime64(3, 'UTC')",
  prev_ts_end: "DateTime64(3, 'UTC')",
  available_at: "DateTime64(3, 'UTC')",
  v: "UInt64",
  [placeColumn]: "UInt32",
};

/** Bucket columns as table columns, in the order given. */
export function bucketColumnTypes(names: readonly (typeof triggerColumns)[number][]): Column[] {
  return names.map((name) => ({ name, type: types[name] }));
}

export function closeTable(database: string, clock: string, level: number, path: Path): TableName {
  return { database, name: `${clock}__close_${level}_${path}` };
}

export function streamTableName(database: string, clock: string, stream: StreamName, path: Path): TableName {
  return { database, name: `${clock}__${stream}_${path}` };
}

/** The registry's name of a stream. */
export function streamName(clock: string, stream: StreamName, path: Path): string {
  return path === "hot" ? `${clock}.${stream}` : `${clock}.${stream}_${path}`;
}

/** The place of each of some buckets, as an expression over their rows. The same wherever it is computed for the same buckets. */
export const placeExpression = `toUInt32(row_number() OVER (ORDER BY ${bucketKey.join(", ")}))`;

/** `<name>__<8 hex>`: a stored version of a view, or with the prefix `vector_` of a vector. */
export function versionTable(database: string, name: string, dataHash: string): TableName {
  return { database, name: `${name}__${shortHash(dataHash)}` };
}

/** The wide table of views that were built together, and the registry's name of it. */
export function fusedNames(
  database: string,
  clock: string,
  stream: StreamName,
  dataHash: string,
): { readonly name: string; readonly table: TableName } {
  return {
    name: `${clock}.${stream}.${shortHash(dataHash)}`,
    table: versionTable(database, `${clock}__${stream}_fused`, dataHash),
  };
}

/** What stands before the names of a view's columns in a table that it shares. */
export function fusedPrefix(view: string): string {
  return `${view}__`;
}

/** A stored column under the name that its view gives it. */
export function storedAs(stored: string, name: string): string {
  return stored === name ? quoteIdentifier(name) : `${quoteIdentifier(stored)} AS ${quoteIdentifier(name)}`;
}

/** The trigger that fills a table. A version that changes its path has both for a moment. */
export function triggerName(table: TableName, path: Path = "hot"): TableName {
  return {
    database: table.database,
    name: path === "hot" ? `${table.name}__mv` : `${table.name}__mv_${path}`,
  };
}
