/** Where versions are stored that a target has already. */
import type { TableName } from "../schema/object.js";

/** A deployed version, as far as compiling has to know it. */
export interface StoredVersion {
  readonly kind: string;
  readonly name: string;
  readonly dataHash: string;
  readonly storage: { readonly table: TableName } | null;
}

/**
 * The table of the version with this content, under the object's own name or its former one; undefined when there is none.
 * A renamed object keeps its table, and keeps it when its spec no longer says how it was called.
 */
export function storedTable(
  versions: readonly StoredVersion[],
  object: { readonly kind: string; readonly name: string; readonly renamedFrom: string | undefined },
  dataHash: string,
): TableName | undefined {
  const same = versions.filter((version) => version.kind === object.kind && version.dataHash === dataHash);
  const found =
    same.find(({ name }) => name === object.name) ?? same.find(({ name }) => name === object.renamedFrom);
  return found?.storage?.table;
}
