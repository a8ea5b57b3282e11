import { FeatureError } from "../../errors.js";

/** What can be bound to a placeholder. */
export type ParameterValue = string | number | bigint | boolean | null | readonly (string | number)[];

const int64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
const uint64Max = 2n ** 64n - 1n;

/**
 * The ClickHouse type of a placeholder, from its JavaScript value: String, Bool, Int64, UInt64, Int256, Float64, Array of
 * these. A number without a fraction is Int64. What has no certain type (a Date, which would lose its milliseconds, an empty or
 * a mixed list, an object) is refused: `typed(value, type)` names it.
 */
export function parameterType(value: unknown): string {
  if (typeof value === "string") return "String";
  if (typeof value === "boolean") return "Bool";
  if (typeof value === "bigint") return bigintType(value);
  if (typeof value === "number") return Number.isSafeInteger(value) ? "Int64" : "Float64";
  if (Array.isArray(value) && value.length > 0) return `Array(${elementType(value)})`;
  if (value === null) throw untyped("NULL");
  throw untyped(
    value instanceof Date
      ? "a Date"
      : Array.isArray(value)
        ? "an empty list"
        : `a value of type ${typeof value}`,
  );
}

function bigintType(value: bigint): string {
  if (value >= int64.min && value <= int64.max) return "Int64";
  return value > 0n && value <= uint64Max ? "UInt64" : "Int256";
}

function elementType(values: readonly unknown[]): string {
  if (values.every((value) => typeof value === "string")) return "String";
  if (values.every((value) => Number.isSafeInteger(value))) return "Int64";
  if (values.every((value) => typeof value === "number")) return "Float64";
  throw untyped("a list of different kinds");
}

function untyped(what: string): FeatureError {
  return new FeatureError("FS_INTERNAL", `A query binds ${what} without naming its ClickHouse type.`, {
    hint: "Wrap the value: typed(value, type).",
  });
}
