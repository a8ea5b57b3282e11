import { type AliasedRawBuilder, sql } from "kysely";
import type { TableName } from "../../schema/object.js";

/** A table in FROM or JOIN. `Row` names the columns that the query refers to by their names. */
export function table<Row, Alias extends string>(
  { database, name }: TableName,
  alias: Alias,
): AliasedRawBuilder<Row, Alias> {
  return sql<Row>`${sql.id(database, name)}`.as(alias);
}
