import { type RawBuilder, sql } from "kysely";

/** `settings a = 1, …`, for `.modifyEnd()`: for what decides on the result, so that the text never runs without it. */
export function settings(values: Readonly<Record<string, string | number>>): RawBuilder<unknown> {
  const list = Object.entries(values).map(([name, value]) => sql`${sql.id(name)} = ${sql.lit(value)}`);
  return sql`settings ${sql.join(list)}`;
}
