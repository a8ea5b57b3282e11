/** What a stored version of a view or a vector is made of: table, trigger, alias, backfill. */
import { FeatureError } from "../errors.js";
import { bucketsName } from "../schema/clock-tables.js";
import type { Column, MaterializedView, Table, TableName, View } from "../schema/object.js";
import { quoteIdentifier, quoteName } from "../schema/quote.js";
import type { Clock, Project } from "../spec/model.js";
import { sqlTemplate } from "../sql-template.js";
import { type CompiledColumn, chunkMark, type Path, type Storage, versionMark } from "./catalog.js";
import { ripeColumns } from "./delay.js";
import { bucketColumnTypes, placeColumn, placeExpression, storedAs, triggerName } from "./names.js";

const aliasTemplate = sqlTemplate(import.meta.url, "alias");
const aliasOfBins = sqlTemplate(import.meta.url, "alias-by");
const backfillTemplate = sqlTemplate(import.meta.url, "backfill");
const delayedTemplate = sqlTemplate(import.meta.url, "backfill-delayed");

/** Bucket columns that a stored row keeps, before its features. */
export const storedKey = [
  "exchange",
  "market_type",
  "symbol",
  "bucket_id",
  "bucket_ts_start",
  "bucket_ts_end",
  "available_at",
] as const;

/**
 * How every feature ends: a Float64, NULL where it is undefined or not finite. Beneath a NULL the engine keeps, and stores, what was
 * computed, and an exact sum over it would fail; so nothing but 0 is left there.
 */
export function finalFeature(expression: string): string {
  const value = `toFloat64(${expression})`;
  return `CAST(if(isFinite(${value}), ifNotFinite(${value}, 0), NULL) AS Nullable(Float64))`;
}

export function featureTable(
  project: Project,
  table: TableName,
  columns: readonly CompiledColumn[],
  comment: string,
): Table {
  return {
    kind: "table",
    ...table,
    columns: [
      ...bucketColumnTypes(storedKey),
      ...featureColumns(columns),
      { name: "v", type: "UInt64" },
      createdAt,
    ],
    engine: "ReplacingMergeTree(v)",
    orderBy: ["exchange", "market_type", "symbol", "bucket_id"],
    partitionBy: "toYYYYMM(bucket_ts_start)",
    ...expiry(project),
    settings: { non_replicated_deduplication_window: 100 },
    comment,
  };
}

export function featureColumns(columns: readonly CompiledColumn[]): Column[] {
  return columns.map(({ name, type, doc }) => ({
    name,
    type,
    codec: "ZSTD(1)",
    ...(doc === undefined ? {} : { comment: doc }),
  }));
}

export const createdAt: Column = {
  name: "created_at",
  type: "DateTime64(3, 'UTC')",
  default: { kind: "DEFAULT", expression: "now64(3)" },
};

/** From the time a row was stored: by event time, old recordings would vanish at the first merge. */
export function expiry({ retention: { featuresMs } }: Project): Pick<Table, "ttl"> {
  if (featuresMs === undefined) return {};
  return { ttl: `toDateTime(created_at) + toIntervalSecond(${featuresMs / 1000})` };
}

/** `select` must give the stored key, `v` and the columns by name. */
export function featureTrigger(table: TableName, path: Path, select: string): MaterializedView {
  return { kind: "materialized_view", ...triggerName(table, path), to: table, select };
}

export function aliasView(
  name: TableName,
  { table, columnPrefix }: Storage,
  columns: readonly CompiledColumn[],
  comment: string,
): View {
  const names = columns.map((column) => storedAs(`${columnPrefix}${column.name}`, column.name));
  const slots = { columns: [...storedKey, ...names].join(",\n"), table: quoteName(table) };
  // A view with bins holds a row of arrays for each bucket, and shows a row for each bin.
  const isBins = columns.some((column) => column.type.startsWith("Array("));
  const select = isBins ? aliasOfBins({ ...slots, arrays: names.join(",\n") }) : aliasTemplate(slots);
  return { kind: "view", ...name, select, comment };
}

/**
 * `INSERT … SELECT` over every closed bucket of the clock; `select` reads the relation `buckets`.
 * @param delayMs of a view with a delay: only buckets for which it is over
 */
export function backfillStatement(
  project: Project,
  clock: Clock,
  table: TableName,
  columns: readonly CompiledColumn[],
  select: string,
  delayMs = 0,
): string {
  const slots = {
    table: quoteName(table),
    columns: [...storedKey, "v", ...columns.map((column) => quoteIdentifier(column.name))].join(", "),
    version: versionMark,
    bucket_table: quoteName(bucketsName(project, clock.name)),
    chunk: chunkMark,
    // Only rows of raw tables are grouped by bucket.
    place: select.includes(placeColumn) ? `, ${placeExpression} AS ${placeColumn}` : "",
    select,
  };
  if (delayMs === 0) return backfillTemplate(slots);
  return delayedTemplate({ ...slots, own_columns: ripeColumns, delay_ms: String(delayMs) });
}

/** A defect of the compiler or of a caller that skipped spec/'s checks. */
export function missing(what: string): FeatureError {
  return new FeatureError("FS_INTERNAL", `${what} is unknown to the compiler`);
}
