/** What the spec language has and this version does not do yet: named as such, never ignored and never "unknown". */
import type { SpecKind } from "./spec-kind.js";

const viewKeys: ReadonlySet<string> = new Set(["where"]);

/** Why a key is not supported at this place; undefined when the spec language does not have it there at all. */
export function unsupportedKey(kind: SpecKind, pointer: string, key: string): string | undefined {
  const place = pointer === "" || /^\/columns\/[^/]+$/.test(pointer);
  return kind === "view" && place && viewKeys.has(key)
    ? `\`${key}:\` is not supported by this version`
    : undefined;
}

/** Why a value is not supported at this place. */
export function unsupportedValue(kind: SpecKind, pointer: string, value: string): string | undefined {
  if (kind === "csv" && pointer === "/source" && value === "orderbooks") {
    return "`source: orderbooks` is not supported by this version for csv files";
  }
  return undefined;
}
