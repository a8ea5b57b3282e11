import type { Column, Index, SchemaObject, Table, TableName } from "../schema/object.js";
import { sqlTemplate } from "../sql-template.js";
import { parseSettings, parseTarget, splitEngine, splitList } from "./create-text.js";
import type { Reader } from "./port.js";

const tablesSql = sqlTemplate(import.meta.url, "tables");
const columnsSql = sqlTemplate(import.meta.url, "columns");
const indexesSql = sqlTemplate(import.meta.url, "indexes");

interface TableRow {
  readonly database: string;
  readonly name: string;
  readonly engine: string;
  readonly engine_full: string;
  readonly create_table_query: string;
  readonly as_select: string;
  readonly sorting_key: string;
  readonly partition_key: string;
  readonly comment: string;
}

interface ColumnRow {
  readonly database: string;
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly default_kind: string;
  readonly default_expression: string;
  readonly compression_codec: string;
  readonly comment: string;
}

interface IndexRow {
  readonly database: string;
  readonly table: string;
  readonly name: string;
  readonly expr: string;
  readonly type_full: string;
  readonly granularity: string;
}

/**
 * The objects that stand in the databases, ordered by name, with expressions in the engine's normal form. A database that does not
 * exist has none. The setting `index_granularity = 8192` is left out: the engine writes it by itself.
 */
export async function readObjects(reader: Reader, databases: readonly string[]): Promise<SchemaObject[]> {
  if (databases.length === 0) return [];
  const options = { params: { databases } };
  const [tables, columns, indexes] = await Promise.all([
    reader.rows<TableRow>(tablesSql(), options),
    reader.rows<ColumnRow>(columnsSql(), options),
    reader.rows<IndexRow>(indexesSql(), options),
  ]);
  const columnsOf = grouped(columns);
  const indexesOf = grouped(indexes);
  return tables.map((row) => {
    const key = keyOf({ database: row.database, table: row.name });
    return toObject(row, columnsOf.get(key) ?? [], indexesOf.get(key) ?? []);
  });
}

/** A statement in the engine's normal form on one line; a statement that does not parse fails. */
export async function formatQuery(reader: Reader, sql: string): Promise<string> {
  const rows = await reader.rows<{ text: string }>("SELECT formatQuerySingleLine({sql:String}) AS text", {
    params: { sql },
  });
  return rows[0]?.text ?? "";
}

function keyOf(row: { readonly database: string; readonly table: string }): string {
  return JSON.stringify([row.database, row.table]);
}

function grouped<T extends { readonly database: string; readonly table: string }>(
  rows: readonly T[],
): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return groups;
}

function toObject(row: TableRow, columns: readonly ColumnRow[], indexes: readonly IndexRow[]): SchemaObject {
  const { database, name } = row;
  const comment = row.comment === "" ? {} : { comment: row.comment };
  switch (row.engine) {
    case "View":
      return { kind: "view", database, name, select: row.as_select, ...comment };
    case "MaterializedView": {
      const to: TableName = parseTarget(row.create_table_query) ?? { database, name: `.inner.${name}` };
      return { kind: "materialized_view", database, name, to, select: row.as_select, ...comment };
    }
    default:
      return { ...toTable(row), columns: columns.map(toColumn), ...toIndexes(indexes), ...comment };
  }
}

function toTable(row: TableRow): Omit<Table, "columns"> {
  const parts = splitEngine(row.engine_full);
  const settings = parseSettings(parts.SETTINGS ?? "");
  if (settings.index_granularity === 8192) delete settings.index_granularity;
  return {
    kind: "table",
    database: row.database,
    name: row.name,
    engine: parts.engine,
    orderBy: splitList(row.sorting_key),
    ...(parts["PARTITION BY"] === undefined ? {} : { partitionBy: row.partition_key }),
    ...(parts.TTL === undefined ? {} : { ttl: parts.TTL }),
    ...(Object.keys(settings).length === 0 ? {} : { settings }),
  };
}

function toColumn(row: ColumnRow): Column {
  const kind = row.default_kind;
  const stored = kind === "DEFAULT" || kind === "MATERIALIZED" || kind === "ALIAS";
  return {
    name: row.name,
    type: row.type,
    ...(stored ? { default: { kind, expression: row.default_expression } } : {}),
    ...(row.compression_codec === ""
      ? {}
      : { codec: row.compression_codec.replace(/^CODEC\((.*)\)$/s, "$1") }),
    ...(row.comment === "" ? {} : { comment: row.comment }),
  };
}

function toIndexes(rows: readonly IndexRow[]): { indexes?: readonly Index[] } {
  if (rows.length === 0) return {};
  return {
    indexes: rows.map((row) => ({
      name: row.name,
      expression: row.expr,
      type: row.type_full,
      granularity: Number(row.granularity),
    })),
  };
}
