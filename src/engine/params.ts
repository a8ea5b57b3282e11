import type { Params } from "./port.js";

/**
 * Brings bound values to the one form that both transports write alike: the two clients differ in booleans, NaN and
 * unsafe integers. Strings and lists stay as they are, the transport escapes them; NULL is null.
 */
export function transportParams(
  params: Params = {},
): Record<string, string | null | readonly (string | number)[]> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, transportValue(value)]));
}

function transportValue(value: Params[string]): string | null | readonly (string | number)[] {
  if (value === null || typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") {
    if (value === Number.POSITIVE_INFINITY) return "inf";
    if (value === Number.NEGATIVE_INFINITY) return "-inf";
    return Number.isNaN(value) ? "nan" : String(value);
  }
  return value;
}
