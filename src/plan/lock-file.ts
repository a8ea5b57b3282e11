import { type Catalog, objectId } from "../compile/catalog.js";
import { contentHash } from "../compile/fingerprint.js";

/** What specs compile into, in short, for `registry/deployed.json`: committed, so that a change shows in a review. */
export interface LockFile {
  readonly schema: "feature.registry/1";
  readonly tables: Readonly<Record<string, string>>;
  readonly clocks: Readonly<Record<string, string>>;
  readonly objects: Readonly<Record<string, LockedObject>>;
}

interface LockedObject {
  readonly dataHash: string;
  readonly metadataHash: string;
  readonly clock: string;
  readonly path: string;
  readonly level: number;
  readonly table: string | null;
  readonly columnPrefix: string;
  readonly columns: readonly string[];
  readonly upstream: readonly string[];
}

/** The text of the lock file: the same for the same specs, whatever the order of files. */
export function renderLockFile(catalog: Catalog): string {
  const document: LockFile = {
    schema: "feature.registry/1",
    clocks: sorted(catalog.clocks.map((clock) => [clock.name, clock.dataHash])),
    objects: sorted(
      catalog.objects.map((object) => [
        objectId(object),
        {
          dataHash: object.dataHash,
          metadataHash: object.metadataHash,
          clock: object.clock,
          path: object.path,
          level: object.level,
          table:
            object.storage === undefined
              ? null
              : `${object.storage.table.database}.${object.storage.table.name}`,
          columnPrefix: object.storage?.columnPrefix ?? "",
          columns: object.columns.map((column) => `${column.name} ${column.type}`),
          upstream: object.upstream,
        },
      ]),
    ),
    tables: sorted(
      [...catalog.raw, ...catalog.clockTables].map((table) => [
        `${table.database}.${table.name}`,
        contentHash(JSON.parse(JSON.stringify(table))),
      ]),
    ),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function sorted<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}
