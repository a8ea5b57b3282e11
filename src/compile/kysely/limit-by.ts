import { type Expression, type RawBuilder, sql } from "kysely";

/**
 * `limit n by …`, for `.modifyEnd()`: the first `n` rows, in the query's order, of each group. It comes before `settings`, and not
 * together with `.limit()`, which Kysely would put in front of it.
 */
export function limitBy(n: number, by: readonly Expression<unknown>[]): RawBuilder<unknown> {
  return sql`limit ${sql.lit(n)} by ${sql.join([...by])}`;
}
