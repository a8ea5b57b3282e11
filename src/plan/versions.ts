/** Versions of views and vectors: how they are named, and which reads which. */
import { type DeployedObject, isInPlace } from "./deployed.js";

/** `view:flow`. */
export function objectOf({ kind, name }: Pick<DeployedObject, "kind" | "name">): string {
  return `${kind}:${name}`;
}

/** `view:flow@<data hash>`. */
export function versionOf(object: Pick<DeployedObject, "kind" | "name" | "dataHash">): string {
  return `${objectOf(object)}@${object.dataHash}`;
}

/** Views, vectors and whatever else exists in versions; gates and streams are altered in place. */
export function isVersioned({ kind }: Pick<DeployedObject, "kind">): boolean {
  return !isInPlace(kind);
}

/**
 * Whether the rows of `reader` are computed from the rows of `other`, this very version of it. Triggers name stored tables,
 * whose names bear the version; no version reads an alias. Which of the views in a shared table is read says what the reader's hash
 * was taken of.
 */
export function readsVersion(reader: DeployedObject, other: DeployedObject): boolean {
  // A shared table writes the views in it, and reads none.
  if (other.storage === null || reader === other || reader.kind === "fused") return false;
  const { table, columnPrefix } = other.storage;
  if (columnPrefix !== "" && !JSON.stringify(reader.definition ?? {}).includes(other.dataHash)) return false;
  const texts = [...reader.triggers.map(({ select }) => select), reader.backfill ?? ""];
  return texts.some((text) => mentions(text, table.name));
}

function mentions(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    if (!/\w/.test(text[at + name.length] ?? "") && !/\w/.test(text[at - 1] ?? "")) return true;
  }
  return false;
}

/** `versions` and all among `all` that their rows are computed from. */
export function withUpstream(
  versions: readonly DeployedObject[],
  all: readonly DeployedObject[],
): Set<DeployedObject> {
  const found = new Set(versions);
  for (const reader of found) {
    for (const other of all) if (!found.has(other) && readsVersion(reader, other)) found.add(other);
  }
  return found;
}
