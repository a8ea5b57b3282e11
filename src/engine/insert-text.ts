import type { TableName } from "../schema/object.js";
import { quoteIdentifier, quoteName } from "../schema/quote.js";
import type { NativeBlock } from "./native.js";

/** `INSERT INTO t (columns) SELECT columns FROM rows`. */
export function insertText(table: TableName, block: NativeBlock, rows: string): string {
  const columns = columnList(block);
  return `INSERT INTO ${quoteName(table)} (${columns}) SELECT ${columns} FROM ${rows}`;
}

export function columnList(block: NativeBlock): string {
  return block.columns.map((column) => quoteIdentifier(column.name)).join(", ");
}

/** `name Type, …` of a block. */
export function structureOf(block: NativeBlock): string {
  return block.columns.map((column) => `${quoteIdentifier(column.name)} ${column.type}`).join(", ");
}
