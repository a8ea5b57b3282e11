import type { TableName } from "../schema/object.js";

const mention = /\b(?:FROM|JOIN)\s+`((?:[^`\\]|\\.)+)`\.`((?:[^`\\]|\\.)+)`/g;

/** The tables that a statement of the compiler reads, each once. Every name of the compiler's is quoted. */
export function readTables(sql: string): TableName[] {
  const found = new Map<string, TableName>();
  for (const [, database = "", name = ""] of sql.matchAll(mention))
    found.set(`${database}.${name}`, { database, name });
  return [...found.values()];
}
