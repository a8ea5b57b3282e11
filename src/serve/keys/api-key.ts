/**
 * API keys. A key is `pfk_<id>_<43 characters>`: 256 random bits, so a plain SHA-256 of it cannot be turned back by guessing (a slow
 * hash would only make every request slow). Only the hash is stored, as a line `id scopes sha256:<64 hex digits>`.
 */
import { hash, randomBytes } from "node:crypto";
import { FeatureError } from "../../errors.js";

export const scopes = ["read", "predict", "admin"] as const;
/** `admin` includes the others. */
export type Scope = (typeof scopes)[number];

export interface StoredKey {
  readonly id: string;
  readonly scopes: readonly Scope[];
  readonly hash: Buffer;
}

const idPattern = /^[a-z0-9][a-z0-9-]{0,39}$/;
const keyPattern = /^pfk_([a-z0-9][a-z0-9-]{0,39})_([A-Za-z0-9_-]{43})$/;
const linePattern = /^(\S+)\s+(\S+)\s+sha256:([0-9a-f]{64})$/;

/** A new key, and the line to store. The key itself is shown once and kept nowhere. */
export function createKey(
  id: string,
  granted: readonly Scope[],
): { readonly key: string; readonly line: string } {
  if (!idPattern.test(id)) {
    throw new FeatureError("FS_SERVE_KEYS", `"${id}" is no name of a key.`, {
      object: id,
      hint: "Lower case letters, digits and -, at most 40.",
    });
  }
  const key = `pfk_${id}_${randomBytes(32).toString("base64url")}`;
  return { key, line: `${id} ${granted.join(",")} sha256:${hashOf(key).toString("hex")}` };
}

export function hashOf(key: string): Buffer {
  return hash("sha256", key, "buffer");
}

/** The id in a key's text; undefined when the text has not the form of a key. */
export function idOf(key: string): string | undefined {
  return keyPattern.exec(key)?.[1];
}

/**
 * Reads stored keys; empty lines and lines that begin with # are skipped. `source` names the text in messages, which never hold a
 * line's content: somebody may have put a key there in the clear.
 */
export function parseKeys(text: string, source: string): StoredKey[] {
  const keys: StoredKey[] = [];
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const [, id = "", list = "", hash = ""] = linePattern.exec(line) ?? [];
    const granted = list.split(",");
    const isKnown = (scope: string): scope is Scope => scopes.some((known) => known === scope);
    if (!idPattern.test(id) || !granted.every(isKnown)) {
      throw malformed(source, index + 1, "expected: id scopes sha256:<64 hex digits>");
    }
    if (keys.some((key) => key.id === id)) throw malformed(source, index + 1, `a second key named ${id}`);
    keys.push({ id, scopes: granted.filter(isKnown), hash: Buffer.from(hash, "hex") });
  }
  return keys;
}

function malformed(source: string, line: number, what: string): FeatureError {
  return new FeatureError("FS_SERVE_KEYS", `Line ${line} of ${source} is no stored key: ${what}.`, {
    object: source,
    hint: "`feature keys create` makes keys and writes such lines.",
  });
}
