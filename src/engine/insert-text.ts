import type { TableName } from "../schema/object.js";
import { quoteIdentifier, quoteName } from "../schema/quote.js";
import { jsonText } from "./json-text.js";
import type { NativeBlock } from "./native.js";
import { nativeType } from "./native-type.js";
import type { Settings } from "./port.js";
import { settingsList } from "./statement.js";

/** `INSERT INTO t (columns) SELECT columns FROM rows`. */
export function insertText(table: TableName, block: NativeBlock, rows: string): string {
  const columns = columnList(block);
  return `INSERT INTO ${quoteName(table)} (${columns}) SELECT ${columns} FROM ${rows}`;
}

/**
 * A block as one statement with its rows as text behind it, which takes the engine half the time of a SELECT over Native bytes
 * (docs/engine-facts.md). Undefined where a column has no such text, as a typed array of several words a value.
 */
export function insertWithRows(table: TableName, block: NativeBlock, settings: Settings): string | undefined {
  const texts: ((row: number) => string)[] = [];
  for (const { type, values } of block.columns) {
    const layout = nativeType(type);
    if (layout.kind === "fixed" && layout.words > 1 && ArrayBuffer.isView(values)) return undefined;
    const text = jsonText(type);
    if (text === undefined) return undefined;
    texts.push((row) => text(values[row]));
  }
  const lines = Array.from(
    { length: block.rows },
    (_, row) => `[${texts.map((text) => text(row)).join(",")}]`,
  );
  // Without it the engine reads a Float64 with an error in its last bits.
  const clause = settingsList({ precise_float_parsing: 1, ...settings });
  return `INSERT INTO ${quoteName(table)} (${columnList(block)})\nSETTINGS ${clause}\nFORMAT JSONCompactEachRow\n${lines.join("\n")}\n`;
}

export function columnList(block: NativeBlock): string {
  return block.columns.map((column) => quoteIdentifier(column.name)).join(", ");
}

/** `name Type, …` of a block. */
export function structureOf(block: NativeBlock): string {
  return block.columns.map((column) => `${quoteIdentifier(column.name)} ${column.type}`).join(", ");
}
