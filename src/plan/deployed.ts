/** What is deployed, as the registry knows it: the actual side of a diff, of the same values as the desired side. */
import type { CompiledColumn, CompiledObject, Definition, Path, Reach, Storage } from "../compile/catalog.js";
import type { StoredColumn } from "../compile/placement.js";
import type { MaterializedView, Table, TableName, View } from "../schema/object.js";

/**
 * - `building`: its tables may exist; its migration has not ended.
 * - `live`: its alias shows it.
 * - `retired`: replaced or removed, but its trigger still feeds it, so that a rollback has no gap.
 * - `dropped`: its tables are gone; the record is history.
 * - `renamed`: another record has its tables, under the object's new name; the record is history.
 */
export type VersionState = "building" | "live" | "retired" | "dropped" | "renamed";

/** One version of a view or a vector, or what has one version only: a gate, a stream, a table that views share. */
export interface DeployedObject {
  readonly kind: CompiledObject["kind"];
  readonly name: string;
  readonly state: VersionState;
  readonly dataHash: string;
  readonly metadataHash: string;
  readonly clock: string;
  readonly path: Path;
  readonly level: number;
  readonly upstream: readonly string[];
  readonly columns: readonly StoredColumn[];
  readonly storage: Storage | null;
  readonly tables: readonly Table[];
  readonly triggers: readonly MaterializedView[];
  readonly alias: View | null;
  /** What its hashes were taken of, for the causes of a change; absent in records of earlier versions of this tool. */
  readonly definition?: Definition;
  readonly metadata?: Definition;
  /** How far back it reads; absent, as all below, in records of earlier versions of this tool. */
  readonly reach?: Reach;
  /** Whether every closed bucket must have a row. */
  readonly everyBucket?: boolean;
  /** What fills it, to repair it later; null for what stores nothing. */
  readonly backfill?: string | null;
  /** The source's table, of a view of rows. */
  readonly rowOf?: TableName;
}

export interface DeployedState {
  readonly databases: readonly string[];
  /** Tables outside of objects: raw, cold, and those that drive clocks. */
  readonly tables: readonly Table[];
  readonly objects: readonly DeployedObject[];
}

export const nothingDeployed: DeployedState = { databases: [], tables: [], objects: [] };

/** What a migration leaves behind for the registry: it replaces the record with the same key. */
export type VersionRecord =
  | { readonly kind: "database"; readonly name: string }
  | { readonly kind: "table"; readonly table: Table }
  | { readonly kind: "object"; readonly object: DeployedObject };

export interface RecordKey {
  readonly kind: string;
  readonly name: string;
  /** The data hash of what exists in several versions; empty for what is altered in place. */
  readonly version: string;
}

export function recordKey(record: VersionRecord): RecordKey {
  switch (record.kind) {
    case "database":
      return { kind: "database", name: record.name, version: "" };
    case "table":
      return { kind: "table", name: `${record.table.database}.${record.table.name}`, version: "" };
    case "object": {
      const { kind, name, dataHash } = record.object;
      return { kind, name, version: isInPlace(kind) ? "" : dataHash };
    }
  }
}

/** Gates, streams and shared tables have one version, which is altered in place: versions of views hang on them. */
export function isInPlace(kind: CompiledObject["kind"]): boolean {
  return kind === "gate" || kind === "stream" || kind === "fused";
}

/** The records of a state; `stateOf` is the inverse. */
export function recordsOf(state: DeployedState): VersionRecord[] {
  return [
    ...state.databases.map((name): VersionRecord => ({ kind: "database", name })),
    ...state.tables.map((table): VersionRecord => ({ kind: "table", table })),
    ...state.objects.map((object): VersionRecord => ({ kind: "object", object })),
  ];
}

/** The state that records describe. Of records with one key the last holds. */
export function stateOf(records: readonly VersionRecord[]): DeployedState {
  const byKey = new Map<string, VersionRecord>();
  for (const record of records) {
    const { kind, name, version } = recordKey(record);
    byKey.set(JSON.stringify([kind, name, version]), record);
  }
  const last = [...byKey.values()];
  return {
    databases: last.flatMap((record) => (record.kind === "database" ? [record.name] : [])),
    tables: last.flatMap((record) => (record.kind === "table" ? [record.table] : [])),
    objects: last.flatMap((record) => (record.kind === "object" ? [record.object] : [])),
  };
}

/** The state after a migration. */
export function stateAfter(state: DeployedState, records: readonly VersionRecord[]): DeployedState {
  return stateOf([...recordsOf(state), ...records]);
}

/** A compiled object as the registry keeps it: without what only the compiler needs. */
export function deployedObject(object: CompiledObject, state: VersionState): DeployedObject {
  const { kind, name, dataHash, metadataHash, clock, path, level, upstream, tables, triggers } = object;
  return {
    kind,
    name,
    state,
    dataHash,
    metadataHash,
    clock,
    path,
    level,
    upstream,
    columns: object.columns.map(deployedColumn),
    storage: object.storage ?? null,
    tables,
    triggers,
    alias: object.alias ?? null,
    definition: object.definition,
    metadata: object.metadata,
    reach: object.reach,
    everyBucket: object.everyBucket,
    ...(object.rowOf === undefined ? {} : { rowOf: object.rowOf }),
    backfill: object.backfill ?? null,
  };
}

function deployedColumn({ name, type, feature, sql, unit, doc }: CompiledColumn): StoredColumn {
  return {
    name,
    type,
    feature,
    sql,
    ...(unit === undefined ? {} : { unit }),
    ...(doc === undefined ? {} : { doc }),
  };
}
