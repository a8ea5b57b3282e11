/**
 * Views with `row:`: one row for each row of a source, by a trigger on the source's own table. The stored table has the source's key
 * and its `keep`, so that of two rows with one key the same one stays; and a row says the same whoever computed it, the trigger or
 * the backfill. So a version is built beside the old one without a cut in time: what both compute is one row
 * (docs/adr/0025-rows-by-the-sources-key.md).
 */
import { type SourceTable, sourceTables } from "../schema/layout.js";
import type { Column, Table } from "../schema/object.js";
import { quoteIdentifier, quoteName } from "../schema/quote.js";
import { sourceTable as rawTable } from "../schema/source-tables.js";
import type { Project, SourceName } from "../spec/model.js";
import { rowKey, rowViewColumns } from "../spec/row-file.js";
import { sqlTemplate } from "../sql-template.js";
import { sourceValueSql } from "./as-of-rows.js";
import { type CompiledColumn, type CompiledObject, chunkMark, type Definition, noReach } from "./catalog.js";
import { normalExpression } from "./expression/normal.js";
import { createdAt, expiry, featureColumns, finalFeature, missing } from "./feature-table.js";
import { contentHash, dataFingerprint } from "./fingerprint.js";
import { triggerName, versionTable } from "./names.js";
import { type StoredVersion, storedPlace } from "./placement.js";
import { sourceTable } from "./source-relation.js";
import { streamRowSql } from "./stream.js";
import type { ViewDraft } from "./view-draft.js";

const selectTemplate = sqlTemplate(import.meta.url, "row-view");
const backfillTemplate = sqlTemplate(import.meta.url, "row-backfill");
const aliasTemplate = sqlTemplate(import.meta.url, "alias");

const streamOf: Partial<Record<SourceName, "trades" | "books">> = { trades: "trades", orderbooks: "books" };

/** The raw table's own shape: its key, and the column by which it tells the row that stays. */
function shapeOf(project: Project, source: SourceName): Table {
  const name = sourceTables.find((one): one is SourceTable & SourceName => one === source);
  const { database, name: table } = sourceTable(project, source);
  if (name === undefined) throw missing(`the table of ${source}`);
  return rawTable("hot", name, database, table, project.retention.rawMs);
}

/** Key columns, and what tells versions of a row apart. */
function keyOf(shape: Table): Column[] {
  const names = [...new Set([...shape.orderBy, ...rowKey, "keep"])];
  return names.map((name) => shape.columns.find((column) => column.name === name) ?? undefinedColumn(name));
}

/** The raw expressions, as the engine types them, over rows that `rows` names, as FROM-text. */
export function rowExpressionSelect(draft: ViewDraft, project: Project, rows: string): string {
  return rowSelect(draft, project, rows);
}

function rowSelect(
  draft: ViewDraft,
  project: Project,
  rows: string,
  feature: (name: string) => string = (name) => name,
  chunk = "",
): string {
  const source = draft.view.row;
  if (source === undefined) throw missing("the source of rows");
  const key = keyOf(shapeOf(project, source)).map(({ name }) => name);
  const stream = streamOf[source];
  const valueSql = (name: string): string =>
    stream === undefined ? `toNullable(${sourceValueSql(name)})` : streamRowSql(project, stream, name);
  const own = rowViewColumns(source);
  // A feature may bear the name of the column that it hands on; in the expressions the name keeps meaning the row's.
  const innerName = (name: string): string => quoteIdentifier(own.includes(name) ? `${name}__of_row` : name);
  return selectTemplate({
    key: key.join(",\n"),
    row_key: key.map((name) => `j.${name} AS ${name}`).join(",\n"),
    columns: own
      .filter((name) => !key.includes(name))
      .map((name) => `${valueSql(name)} AS ${name}`)
      .join(",\n"),
    expressions: draft.expressions
      .map(({ column, sql }) => `${sql} AS ${innerName(column.name)}`)
      .join(",\n"),
    features: draft.expressions
      .map(({ column }) => `${feature(innerName(column.name))} AS ${quoteIdentifier(column.name)}`)
      .join(",\n"),
    rows,
    chunk,
  });
}

export function compileRowView(
  draft: ViewDraft,
  project: Project,
  deployed: readonly StoredVersion[],
): CompiledObject {
  const { view } = draft;
  const source = view.row;
  if (source === undefined) throw missing("the source of rows");
  const database = project.databases.features;
  const shape = shapeOf(project, source);
  const definition: Definition = {
    row: quoteName(sourceTable(project, source)),
    columns: Object.fromEntries(
      draft.expressions.map(({ column, sql }) => [column.name, normalExpression(sql)]),
    ),
  };
  const dataHash = dataFingerprint(definition);
  const metadata: Definition = {
    description: view.description,
    owner: view.owner,
    columns: view.columns.map(({ name, unit, doc, feature }) => ({ name, unit, doc, feature })),
  };
  const table = storedPlace(deployed, view, dataHash)?.table ?? versionTable(database, view.name, dataHash);
  const columns = view.columns.map(
    (column): CompiledColumn => ({
      name: column.name,
      type: "Nullable(Float64)",
      feature: column.feature,
      sql: column.sql,
      unit: column.unit,
      doc: column.doc,
      renamedFrom: column.renamedFrom,
      at: column.at,
    }),
  );
  const key = keyOf(shape);
  const raw = quoteName(sourceTable(project, source));
  const names = [...key.map(({ name }) => name), ...columns.map(({ name }) => quoteIdentifier(name))];
  const alias = aliasTemplate({
    columns: [
      ...key.map(({ name }) => name).filter((name) => name !== "keep"),
      ...columns.map(({ name }) => quoteIdentifier(name)),
    ].join(",\n"),
    table: quoteName(table),
  });
  return {
    kind: "view",
    name: view.name,
    clock: "",
    path: "hot",
    level: 0,
    dataHash,
    metadataHash: contentHash(metadata),
    definition,
    metadata,
    upstream: [],
    description: view.description,
    columns,
    rowOf: { database: sourceTable(project, source).database, name: sourceTable(project, source).name },
    storage: { table, columnPrefix: "" },
    tables: [storedRowsTable(shape, table, key, columns, project, view.description)],
    triggers: [
      {
        kind: "materialized_view",
        ...triggerName(table),
        to: table,
        select: rowSelect(draft, project, raw, finalFeature),
      },
    ],
    alias: { kind: "view", database, name: view.name, select: alias, comment: view.description },
    backfill: backfillTemplate({
      table: quoteName(table),
      columns: names.join(", "),
      select: rowSelect(draft, project, raw, finalFeature, ` FINAL\n${chunkMark}`),
    }),
    lookBack: 0,
    reach: noReach,
    everyBucket: false,
    renamedFrom: view.renamedFrom,
    at: view.at,
  };
}

function storedRowsTable(
  shape: Table,
  table: { readonly database: string; readonly name: string },
  key: readonly Column[],
  columns: readonly CompiledColumn[],
  project: Project,
  comment: string,
): Table {
  return {
    kind: "table",
    ...table,
    columns: [
      // What a key column's default is made of is not here; every row brings its own value.
      ...key.map(({ name, type }) => ({ name, type })),
      ...featureColumns(columns),
      createdAt,
    ],
    engine: "ReplacingMergeTree(keep)",
    orderBy: shape.orderBy,
    ...(shape.partitionBy === undefined ? {} : { partitionBy: shape.partitionBy }),
    ...expiry(project),
    settings: { non_replicated_deduplication_window: 100 },
    comment,
  };
}

function undefinedColumn(name: string): never {
  throw missing(`the key column ${name}`);
}
