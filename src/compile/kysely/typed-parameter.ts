import { type RawBuilder, sql } from "kysely";
import type { ParameterValue } from "./parameter-type.js";

/** A bound value with the ClickHouse type of its placeholder, where the type that is inferred from the value is not meant. */
export class TypedParameter {
  readonly value: ParameterValue;
  readonly type: string;

  constructor(value: ParameterValue, type: string) {
    this.value = value;
    this.type = type;
  }
}

/** `typed("2024-08-08 23:54:15.342", "DateTime64(3, 'UTC')")`. The type is SQL text: it never comes from users. */
export function typed<T = unknown>(value: ParameterValue, type: string): RawBuilder<T> {
  return sql<T>`${sql.val(new TypedParameter(value, type))}`;
}
