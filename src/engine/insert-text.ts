import type { TableName } from "../schema/object.js";
import { quoteIdentifier, quoteName, quoteString } from "../schema/quote.js";
import type { NativeBlock } from "./native.js";
import type { Params } from "./port.js";

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

export function columnList(block: NativeBlock): string {
  return block.columns.map((column) => quoteIdentifier(column.name)).join(", ");
}

/** `name Type, …` of a block. */
export function structureOf(block: NativeBlock): string {
  return block.columns.map((column) => `${quoteIdentifier(column.name)} ${column.type}`).join(", ");
}
