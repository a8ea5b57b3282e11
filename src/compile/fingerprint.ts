/** Content hashes. Equal content gives an equal hash, whatever the order of keys or the layout of the YAML. */
import { createHash } from "node:crypto";

/** Plain data. `undefined` is as if the key were not there. */
export type Json =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly Json[]
  | { readonly [key: string]: Json };

/** Raised when the compiler itself changes what the same spec computes, so that everything is built anew. */
const compilerSemantics = 2;

function canonical(value: Json): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value ?? null);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`);
  return `{${entries.join(",")}}`;
}

/** SHA-256 of plain data, as 64 hex digits. */
export function contentHash(value: Json): string {
  return createHash("sha256").update(canonical(value)).digest("hex");
}

/** The hash of what decides the numbers: content and the compiler's own semantics. */
export function dataFingerprint(value: Json): string {
  return contentHash({ compilerSemantics, value });
}

/** The 8 hex digits that name a physical table. */
export function shortHash(hash: string): string {
  return hash.slice(0, 8);
}
