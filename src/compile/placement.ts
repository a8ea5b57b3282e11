/** What a target has already, as far as compiling has to know it. */
import type { MaterializedView, Table } from "../schema/object.js";
import type { Definition, Path, Storage } from "./catalog.js";

export interface StoredColumn {
  readonly name: string;
  readonly type: string;
  readonly feature: boolean;
  /** As written; records of earlier versions of this tool have no text. */
  readonly sql?: string | undefined;
  readonly unit?: string | undefined;
  readonly doc?: string | undefined;
}

/** A deployed version. */
export interface StoredVersion {
  readonly kind: string;
  readonly name: string;
  readonly dataHash: string;
  readonly path: Path;
  readonly storage: Storage | null;
  readonly columns: readonly StoredColumn[];
  readonly tables: readonly Table[];
  readonly triggers: readonly MaterializedView[];
  readonly definition?: Definition;
  readonly backfill?: string | null | undefined;
}

/**
 * Where the version with this content is, under the object's own name or its former one; undefined when there is none.
 * A renamed object keeps its table, and keeps it when its spec no longer says how it was called.
 */
export function storedPlace(
  versions: readonly StoredVersion[],
  object: { readonly kind: string; readonly name: string; readonly renamedFrom: string | undefined },
  dataHash: string,
): Storage | undefined {
  return storedVersion(versions, object, dataHash)?.storage ?? undefined;
}

/**
 * What was hot stays hot for as long as its version is there: a retired vector may still read it, and must find its rows when it is
 * triggered.
 */
export function staysHot(
  versions: readonly StoredVersion[],
  object: { readonly kind: string; readonly name: string; readonly renamedFrom: string | undefined },
  dataHash: string,
): boolean {
  return storedVersion(versions, object, dataHash)?.path === "hot";
}

function storedVersion(
  versions: readonly StoredVersion[],
  object: { readonly kind: string; readonly name: string; readonly renamedFrom: string | undefined },
  dataHash: string,
): StoredVersion | undefined {
  const same = versions.filter((version) => version.kind === object.kind && version.dataHash === dataHash);
  return (
    same.find(({ name }) => name === object.name) ?? same.find(({ name }) => name === object.renamedFrom)
  );
}
