import { FeatureError } from "../errors.js";
import type { Column, Index, MaterializedView, SchemaObject, Table, View } from "./object.js";
import { quoteIdentifier, quoteName, quoteString } from "./quote.js";

export interface RenderOptions {
  readonly ifNotExists?: boolean;
  /** For plain views only: replacing a table or a trigger loses rows. */
  readonly orReplace?: boolean;
}

/**
 * The CREATE statement of an object, single-node, without a closing semicolon. A view's SELECT is given as it is; every
 * name in it must be qualified, since a trigger runs in whatever database its session has.
 */
export function renderCreate(object: SchemaObject, options: RenderOptions = {}): string {
  if (options.orReplace === true && object.kind !== "view") {
    throw new FeatureError("FS_INTERNAL", `a ${object.kind} is never replaced in place`, {
      object: `${object.database}.${object.name}`,
    });
  }
  switch (object.kind) {
    case "table":
      return renderTable(object, options);
    case "materialized_view":
      return renderTrigger(object, options);
    case "view":
      return renderView(object, options);
  }
}

/** The DROP statement of an object. */
export function renderDrop(object: SchemaObject): string {
  return `DROP ${object.kind === "table" ? "TABLE" : "VIEW"} IF EXISTS ${quoteName(object)}`;
}

/** The statement that gives an existing object its comment. */
export function renderComment(object: SchemaObject): string {
  return `ALTER TABLE ${quoteName(object)} MODIFY COMMENT ${quoteString(object.comment ?? "")}`;
}

function renderTable(table: Table, options: RenderOptions): string {
  const parts = [...table.columns.map(renderColumn), ...(table.indexes ?? []).map(renderIndex)];
  const settings = Object.entries(table.settings ?? {});
  return [
    `CREATE TABLE ${existence(options)}${quoteName(table)}`,
    "(",
    parts.map((part) => `    ${part}`).join(",\n"),
    ")",
    `ENGINE = ${table.engine}`,
    ...(table.partitionBy === undefined ? [] : [`PARTITION BY ${table.partitionBy}`]),
    ...(table.orderBy.length === 0 ? [] : [`ORDER BY (${table.orderBy.join(", ")})`]),
    ...(table.ttl === undefined ? [] : [`TTL ${table.ttl}`]),
    ...(settings.length === 0 ? [] : [`SETTINGS ${settings.map(renderSetting).join(", ")}`]),
    ...comment(table.comment),
  ].join("\n");
}

function renderTrigger(view: MaterializedView, options: RenderOptions): string {
  return [
    `CREATE MATERIALIZED VIEW ${existence(options)}${quoteName(view)} TO ${quoteName(view.to)} AS`,
    view.select,
    ...comment(view.comment),
  ].join("\n");
}

function renderView(view: View, options: RenderOptions): string {
  const create = options.orReplace === true ? "CREATE OR REPLACE VIEW " : `CREATE VIEW ${existence(options)}`;
  return [`${create}${quoteName(view)} AS`, view.select, ...comment(view.comment)].join("\n");
}

/** `name Type [DEFAULT …] [COMMENT …] [CODEC(…)]`, as in a column list. */
export function renderColumn(column: Column): string {
  return [
    `${quoteIdentifier(column.name)} ${column.type}`,
    ...(column.default === undefined ? [] : [`${column.default.kind} ${column.default.expression}`]),
    ...comment(column.comment),
    ...(column.codec === undefined ? [] : [`CODEC(${column.codec})`]),
  ].join(" ");
}

/** `INDEX name expression TYPE type GRANULARITY n`, as in a column list. */
export function renderIndex(index: Index): string {
  return `INDEX ${quoteIdentifier(index.name)} ${index.expression} TYPE ${index.type} GRANULARITY ${index.granularity}`;
}

function renderSetting([name, value]: [string, string | number]): string {
  return `${name} = ${typeof value === "number" ? value : quoteString(value)}`;
}

function existence(options: RenderOptions): string {
  return options.ifNotExists === true ? "IF NOT EXISTS " : "";
}

function comment(text: string | undefined): string[] {
  return text === undefined || text === "" ? [] : [`COMMENT ${quoteString(text)}`];
}
