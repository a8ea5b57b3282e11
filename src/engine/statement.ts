import { quoteIdentifier, quoteString } from "../schema/quote.js";
import type { Settings } from "./port.js";

/** Puts settings and an output format into a statement's text. Both engines send the same text. */

/** A setting that some versions lack would fail the statement, so only what every supported version knows is here. */
const rowSettings: Settings = {
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_decimals: 1,
  output_format_json_quote_denormals: 1,
  // Threads that format blocks side by side take longer to start than the few rows that come this way.
  output_format_parallel_formatting: 0,
};

/** `a = 1, b = 'x'`. */
export function settingsList(settings: Settings): string {
  return Object.entries(settings)
    .map(([name, value]) => `${quoteIdentifier(name)} = ${literal(value)}`)
    .join(", ");
}

function literal(value: string | number): string {
  return typeof value === "number" ? String(value) : quoteString(value);
}

/** A statement without a result. The text of an `INSERT … SELECT` must have no SETTINGS of its own at its end. */
export function commandText(sql: string, settings: Settings = {}): string {
  const body = trimmed(sql);
  if (Object.keys(settings).length === 0) return body;
  // DDL takes a statement's settings only behind an output format: before it they would be the table's.
  const prefix = /^(insert|delete)\b/i.test(withoutLeadingComments(body)) ? "" : "FORMAT Null\n";
  return `${body}\n${prefix}SETTINGS ${settingsList(settings)}`;
}

/** A SELECT (or SHOW, DESCRIBE, EXPLAIN) whose rows come as JSONEachRow. */
export function rowsText(sql: string, settings: Settings = {}): string {
  return resultText(sql, "JSONEachRow", { ...rowSettings, ...settings });
}

/** The rows of `rowsText`. */
export function parseRows<T>(bytes: Buffer): T[] {
  const lines = bytes.toString("utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as T);
}

/** A SELECT whose result comes in Native blocks. */
export function blocksText(sql: string, settings: Settings = {}): string {
  return resultText(sql, "Native", settings);
}

/** A SELECT with an output format and, before it, `target`: an INTO OUTFILE clause. */
export function resultText(sql: string, format: string, settings: Settings = {}, target = ""): string {
  const lines = [trimmed(sql), ...(target === "" ? [] : [target]), `FORMAT ${quoteIdentifier(format)}`];
  if (Object.keys(settings).length > 0) lines.push(`SETTINGS ${settingsList(settings)}`);
  return lines.join("\n");
}

export function isSelect(sql: string): boolean {
  return /^(select|with|\()/i.test(withoutLeadingComments(sql));
}

function trimmed(sql: string): string {
  return sql.replace(/[\s;]+$/, "");
}

function withoutLeadingComments(sql: string): string {
  return sql.replace(/^(\s+|--[^\n]*(\n|$)|\/\*[\s\S]*?\*\/)*/, "");
}
