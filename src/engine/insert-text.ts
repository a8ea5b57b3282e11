import type { TableName } from "../schema/object.js";
import { quoteIdentifier, quoteName, quoteString } from "../schema/quote.js";
import type { NativeBlock } from "./native.js";
import type { Params, Settings } from "./port.js";
import { settingsList } from "./statement.js";

/** `INSERT INTO t (columns) SELECT columns FROM rows`. */
export function insertText(table: TableName, block: NativeBlock, rows: string): string {
  const columns = columnList(block);
  return `INSERT INTO ${quoteName(table)} (${columns}) SELECT ${columns} FROM ${rows}`;
}

/** Native bytes as the rows of a statement that carries them as a parameter. */
export function inlineRows(
  bytes: readonly Uint8Array[],
  structure: string,
): { readonly rows: string; readonly params: Params } {
  return {
    rows: `format(Native, ${quoteString(structure)}, base64Decode({native_rows:String}))`,
    params: { native_rows: Buffer.concat(bytes).toString("base64") },
  };
}

/**
 * A block as one statement with its rows as text behind it, which takes the engine half the time of a SELECT over Native bytes
 * (docs/engine-facts.md). Undefined for a block with other columns than whole numbers, strings and moments: text of a Float64 would be
 * read with an error in its last bits.
 */
export function insertWithRows(table: TableName, block: NativeBlock, settings: Settings): string | undefined {
  const texts: ((row: number) => string)[] = [];
  for (const { type, values } of block.columns) {
    const value = textOf(type);
    if (value === undefined) return undefined;
    texts.push((row) => value(values[row]));
  }
  const lines = Array.from(
    { length: block.rows },
    (_, row) => `[${texts.map((text) => text(row)).join(",")}]`,
  );
  const clause = Object.keys(settings).length === 0 ? "" : `\nSETTINGS ${settingsList(settings)}`;
  return `INSERT INTO ${quoteName(table)} (${columnList(block)})${clause}\nFORMAT JSONCompactEachRow\n${lines.join("\n")}\n`;
}

function textOf(type: string): ((value: unknown) => string) | undefined {
  if (/^U?Int(8|16|32|64)$/.test(type)) return String;
  // Through UTF-8, which has no lone surrogates.
  if (type === "String") return (value) => JSON.stringify(Buffer.from(String(value)).toString());
  if (type === "DateTime64(3, 'UTC')") {
    return (ticks) => `"${new Date(Number(ticks)).toISOString().slice(0, -1).replace("T", " ")}"`;
  }
  return undefined;
}

export function columnList(block: NativeBlock): string {
  return block.columns.map((column) => quoteIdentifier(column.name)).join(", ");
}

/** `name Type, …` of a block. */
export function structureOf(block: NativeBlock): string {
  return block.columns.map((column) => `${quoteIdentifier(column.name)} ${column.type}`).join(", ");
}
