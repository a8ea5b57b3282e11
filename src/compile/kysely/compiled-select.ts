import type { Compilable, CompiledQuery } from "kysely";
import type { ParameterValue } from "./parameter-type.js";

/** A query as engines take it: text with placeholders `{p0:Type}`, and their values by name. */
export interface CompiledSelect {
  readonly sql: string;
  readonly params: Readonly<Record<string, ParameterValue>>;
}

export function compileSelect(query: Compilable): CompiledSelect {
  return namedParameters(query.compile());
}

/** Kysely lists parameters by place; the compiler names them `p0`, `p1`, …. */
export function namedParameters(query: CompiledQuery): CompiledSelect {
  const params = query.parameters.map((value, place) => [`p${place}`, value as ParameterValue] as const);
  return { sql: query.sql, params: Object.fromEntries(params) };
}
