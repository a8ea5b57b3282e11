import { type AliasedRawBuilder, sql } from "kysely";
import type { TableName } from "../../schema/object.js";

/**
 * A table in FROM or JOIN, read with FINAL: of the rows with one sorting key only the newest version. For scans; and not at the
 * left-most place of a materialized view, where ClickHouse refuses it.
 */
export function final<Row, Alias extends string>(
  { database, name }: TableName,
  alias: Alias,
): AliasedRawBuilder<Row, Alias> {
  // ClickHouse wants FINAL behind the alias.
  return sql<Row>`${sql.id(database, name)}`.as<Alias>(sql`${sql.id(alias)} final`);
}
