/** What specs compile into: the desired state, as values. plan/ compares it, migrate/ builds it, ingest/ drives it. */
import type { Location } from "../errors.js";
import type { MaterializedView, Table, TableName, View } from "../schema/object.js";
import type { Expectation } from "../spec/model.js";
import type { Json } from "./fingerprint.js";

/**
 * When a closed bucket is computed. Hot: what vectors need, at once. Lazy: the rest, for many buckets at a time, once they are
 * complete on the hot path. Values do not depend on it.
 */
export type Path = "hot" | "lazy";

/** In the order in which a bucket takes them. What is hot never reads what is lazy. */
export const paths: readonly Path[] = ["hot", "lazy"];

export interface CompiledColumn {
  readonly name: string;
  readonly type: string;
  readonly feature: boolean;
  /** As written: the expression of a view's column, `view.column` of a vector's. */
  readonly sql: string;
  readonly unit: string | undefined;
  readonly doc: string | undefined;
  /** Its former name, where the spec says one. */
  readonly renamedFrom: string | undefined;
  /** Relative tolerance of a column whose last bits depend on the order of rows; undefined: the same bits, always. */
  readonly approx?: number;
  readonly at: Location;
}

/**
 * The mark in a backfill's text that stands for "all buckets". The runner that cuts a backfill into chunks replaces it by
 * `WHERE …`; run by hand, it is a comment. It stands behind the only mention of the clock's bucket table that is cut:
 * `WITH buckets AS (SELECT * REPLACE (v + 0 AS v) FROM … FINAL {chunkMark})`; the runner may also replace `v + 0`.
 */
export const chunkMark = "/* chunk */";
/** The expression in a backfill's text that gives the version of the rows that it writes. */
export const versionMark = "(v + 0)";

/** How far before its own bucket something reads: so many buckets, and what is younger than so many milliseconds at its end. */
export interface Reach {
  readonly buckets: number;
  readonly ms: number;
}

export interface Delay {
  readonly ms: number;
  /** So long after the delay a row is still the last one known. */
  readonly staleMs: number;
  /** All buckets of the clock. */
  readonly bounds: TableName;
}

/** Where values are: a table, and what stands before the names of the columns there. */
export interface Storage {
  readonly table: TableName;
  readonly columnPrefix: string;
}

export const noReach: Reach = { buckets: 0, ms: 0 };

/**
 * What a hash is taken of, as plain data by topic: `clock`, `from`, `windows`, `columns`, … Kept beside the hash, so that a plan
 * can say what exactly differs, old and new side by side.
 */
export type Definition = Readonly<Record<string, Json>>;

/**
 * One named thing that is built, versioned and switched as a whole.
 * - `gate` and `stream`: Null tables and the triggers that read them. Their names carry no hash: they are altered in place (columns are
 *   only ever added, the trigger's query is replaced), because views of several versions hang on them.
 * - `fused`: a wide table that several views share, the trigger that fills it and its backfill. It is there for as long as one of the
 *   versions in it is, and stays as it was built: a later revision puts what it rebuilds elsewhere.
 * - `view` and `vector`: a stored table, the trigger that fills it, the alias that consumers read, and its backfill. A fused view has only
 *   the alias; its backfill is for computing its own columns again.
 * - `label`: the same without a trigger: it looks forward, so it is filled in batches, by its backfill's text.
 */
export interface CompiledObject {
  readonly kind: "gate" | "stream" | "fused" | "view" | "vector" | "label";
  readonly name: string;
  readonly clock: string;
  readonly path: Path;
  /** The close level whose insert computes it; streams belong to level 0. Of a label: where it stands behind its price. */
  readonly level: number;
  /** Content that decides what the rows mean, upstream hashes included; 8 hex digits of it name the table. */
  readonly dataHash: string;
  /** Descriptions, units, owner, expectations: never a reason to rebuild. */
  readonly metadataHash: string;
  /** What `dataHash` is taken of; expressions compiled and in normal form. */
  readonly definition: Definition;
  /** What `metadataHash` is taken of. */
  readonly metadata: Definition;
  /** `kind:name` of what it reads directly. */
  readonly upstream: readonly string[];
  readonly description: string;
  readonly columns: readonly CompiledColumn[];
  /** The bins of a view with `by:`, the first of its columns: all of them are arrays then, one element a bin. */
  readonly by?: readonly string[];
  /** Where its values are: a table, and the prefix of its columns there. Undefined for streams, which store nothing. */
  readonly storage: Storage | undefined;
  /** Name of the `fused` object that stores and fills it, of a view that shares its table with others. */
  readonly fusedIn?: string;
  readonly tables: readonly Table[];
  readonly triggers: readonly MaterializedView[];
  readonly alias: View | undefined;
  /** `INSERT … SELECT` over all closed buckets, with the marks above; undefined for streams. */
  readonly backfill: string | undefined;
  /** How many buckets before its own a row depends on, upstream look-backs included. */
  readonly lookBack: number;
  /** What a row reads directly beyond its own bucket: earlier rows of its upstream or, at level 0, raw rows. */
  readonly reach: Reach;
  /** A row is computed, and known, with the first bucket that ends so long after its own; undefined: with its own. */
  readonly delay?: Delay;
  /** Of what reads raw rows, a SELECT of the keys of buckets for which they are all stored; of others no row can be computed any more. */
  readonly whole?: string;
  /** True when every closed bucket must have a row (books may have none). */
  readonly everyBucket: boolean;
  /** The raw table that it has a row for each row of, of a view with `row:`, which belongs to no clock. */
  readonly rowOf?: TableName;
  /** What is normal for its values, of a view that says it. */
  readonly expect?: readonly Expectation[];
  /** Its former name, where the spec says one: what is deployed under it is this object. */
  readonly renamedFrom: string | undefined;
  /** Where it was written. */
  readonly at: Location;
}

/** The tables that drive one clock, for the writer that closes its buckets. */
export interface CompiledClock {
  readonly name: string;
  readonly dataHash: string;
  /** What `dataHash` is taken of. */
  readonly definition: Definition;
  readonly buckets: TableName;
  /** Where the writer inserts closed buckets: a Null table whose trigger refuses a writer that lost its lease. */
  readonly gate: TableName;
  /** Trigger tables by path, in level order. A path may have none. */
  readonly close: Readonly<Record<Path, readonly TableName[]>>;
}

export interface Catalog {
  readonly databases: readonly string[];
  /** Raw and cold tables: what migration 1 creates. */
  readonly raw: readonly Table[];
  /** Bucket tables, trigger tables and the writer's bookkeeping. */
  readonly clockTables: readonly Table[];
  readonly clocks: readonly CompiledClock[];
  /** Upstream before downstream. */
  readonly objects: readonly CompiledObject[];
}

export function objectId(object: Pick<CompiledObject, "kind" | "name">): string {
  return `${object.kind}:${object.name}`;
}
