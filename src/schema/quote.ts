import type { TableName } from "./object.js";

/**
 * Quoting for ClickHouse's dialect: the only place where a name or a literal becomes SQL text. Values of users go into
 * bound parameters; `quoteString` is for texts that cannot be bound (paths of files, comments, settings).
 */

const escapes: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "'": "\\'",
  "`": "\\`",
  "\0": "\\0",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/** A name between backticks, always: no word of the dialect can then be mistaken for it. */
export function quoteIdentifier(name: string): string {
  return `\`${name.replace(/[\\`\0\b\f\n\r\t]/g, (character) => escapes[character] ?? character)}\``;
}

/** `database`.`name`. */
export function quoteName(table: TableName): string {
  return `${quoteIdentifier(table.database)}.${quoteIdentifier(table.name)}`;
}

/** A string literal. */
export function quoteString(text: string): string {
  return `'${text.replace(/[\\'\0\b\f\n\r\t]/g, (character) => escapes[character] ?? character)}'`;
}
