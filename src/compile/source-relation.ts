/** A source as something to read FROM, with our column names, whoever owns the table. */

import type { TableName } from "../schema/object.js";
import { quoteIdentifier, quoteName, quoteString } from "../schema/quote.js";
import type { Project, Sides, Source, SourceName } from "../spec/model.js";
import { sqlTemplate } from "../sql-template.js";
import type { Definition } from "./catalog.js";

const sideTemplate = sqlTemplate(import.meta.url, "foreign-side");

/** The table behind a source: ours in the raw database, or the foreign one that features.yaml names. */
export function sourceTable(project: Project, name: SourceName): TableName {
  const source = project.sources[name];
  const [database, table] = source.table.includes(".")
    ? source.table.split(".", 2)
    : [undefined, source.table];
  return { database: database ?? project.databases.raw, name: table ?? source.table };
}

/** When a row of a foreign table could be known: an expression over the table's own columns. */
export function foreignAvailableAt(source: Source): string {
  const timestamp = quoteIdentifier(source.columns.timestamp ?? "timestamp");
  return source.availableAt ?? `${timestamp} + toIntervalMillisecond(${source.delayMs})`;
}

/**
 * FROM-text of a source. Our own tables are read with FINAL, which removes what was stored twice. A foreign table is read
 * through its column map; what it does not have gets the value that a row of a file would get: `available_at` is
 * `timestamp` plus the source's delay, no row is late, and the sequence is the numeric id. Its `side` is `buy` or `sell`; a word
 * that is neither fails the statement.
 */
export function sourceRelation(project: Project, name: SourceName, columns: readonly string[]): string {
  const source = project.sources[name];
  const table = quoteName(sourceTable(project, name));
  if (!source.external) return `${table} FINAL`;
  const foreign = (column: string): string => quoteIdentifier(source.columns[column] ?? column);
  const derived: Readonly<Record<string, string>> = {
    timestamp: `CAST(${foreign("timestamp")} AS DateTime64(3, 'UTC'))`,
    available_at: foreignAvailableAt(source),
    late: "toUInt8(0)",
    trade_seq: `toUInt64OrZero(toString(${foreign("trade_id")}))`,
    book_seq: `toUInt64(${foreign("last_update_id")})`,
  };
  const isMapped = (column: string): boolean => column in source.columns;
  const list = columns.map((column) => {
    if (column === "side" && source.sides !== undefined) {
      return `${foreignSide(source, foreign("side"), source.sides)} AS ${quoteIdentifier(column)}`;
    }
    const always = column === "timestamp" || column === "available_at" || column === "late";
    const expression = (always || !isMapped(column) ? derived[column] : undefined) ?? foreign(column);
    const typed = column === "available_at" ? `CAST(${expression} AS DateTime64(3, 'UTC'))` : expression;
    return `${typed} AS ${quoteIdentifier(column)}`;
  });
  return `(SELECT ${list.join(", ")} FROM ${table})`;
}

/** A word that is neither must not pass for a side: order flow would be wrong in silence. NULL counts as an empty word. */
function foreignSide({ name, table }: Source, column: string, { buy, sell }: Sides): string {
  const list = (words: readonly string[]): string =>
    words.map((word) => quoteString(word.toLowerCase())).join(", ");
  const message = `a side in ${table} is none of ${[...buy, ...sell].join(", ")}: name its words under sources.${name}.sides in features.yaml`;
  return sideTemplate({
    word: `lower(ifNull(toString(${column}), ''))`,
    words: list([...buy, ...sell]),
    buys: list(buy),
    message: quoteString(message),
  });
}

/** What of a source decides what its rows mean. A delay is written into the rows of our own tables, so only there it does not. */
export function sourceDefinition(source: Source): Definition {
  const { table, external, columns, sides, availableAt, delayMs } = source;
  if (!external) return { table };
  const words = sides === undefined ? {} : { sides: { buy: [...sides.buy], sell: [...sides.sell] } };
  return { table, columns: { ...columns }, ...words, availableAt, delayMs };
}
