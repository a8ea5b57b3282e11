/** The point-in-time query: for each row of a spine, what a vector's value was known to be at that moment. */
import { type RawBuilder, sql } from "kysely";
import { FeatureError } from "../errors.js";
import { instrumentKey } from "../schema/common-columns.js";
import { type KnownAt, knownAt } from "./known-at.js";
import { asof } from "./kysely/asof.js";
import { type CompiledSelect, compileSelect } from "./kysely/compiled-select.js";
import { final } from "./kysely/final.js";
import { queryBuilder } from "./kysely/query-builder.js";
import { settings } from "./kysely/settings.js";
import { instrumentNumber, ofSpineWords, type Spine, spineEnds, spineRows } from "./spine.js";
import { column, type StoredVector, scanSettings, type VectorRow } from "./stored-vector.js";

/** What the query adds behind the spine's columns, before the features. */
export const pointInTimeColumns = ["bucket_id", "bucket_ts_end", "available_at", "age_s"] as const;

/**
 * The join keeps the blocks that it reads, and gathers each result from all of them: by default a block ends at a megabyte, which is
 * 2,500 rows of forty features.
 */
const wideBlocks = { max_block_size: 262_144, preferred_block_size_bytes: 32_000_000 };

const algorithms = {
  hash: { join_algorithm: "hash", ...wideBlocks },
  full_sorting_merge: { join_algorithm: "full_sorting_merge", max_bytes_before_external_sort: 500_000_000 },
} as const;

/** Columns between the query's levels. */
const ageMs = "age_ms";
const fresh = "fresh";
const instrument = "instrument_number";

export interface PointInTime {
  readonly spine: Spine;
  readonly vector: StoredVector;
  /** A row that was known longer ago than this is not used; one exactly as old is. */
  readonly maxAgeMs: number;
  /**
   * `hash` (the default) holds the vector's rows of the spine's time range in memory. `full_sorting_merge` sorts both sides, on
   * disk beyond half a gigabyte each; it takes about three times as long on data that fits.
   */
  readonly algorithm?: keyof typeof algorithms;
  /** With the spine's contents: the join compares numbers of 64 bits, and may fail as `knownAt` says. */
  readonly packed?: boolean;
}

/**
 * Every spine row comes back exactly once, with the spine's columns, then `bucket_id, bucket_ts_end, available_at, age_s`
 * (seconds, Float64), then the features: those of the row with the highest (available_at, bucket_id) whose `available_at <=
 * ts` and `ts - available_at <= maxAgeMs`. Where there is none, all of these are NULL, never 0. Of several versions of a bucket the
 * highest `v` is read.
 */
export function pointInTimeQuery(request: PointInTime): CompiledSelect {
  return compileSelect(pointInTime(request));
}

function pointInTime({ spine, vector, maxAgeMs, algorithm = "hash", packed = false }: PointInTime) {
  refuseClash([...spine.columns, ...pointInTimeColumns, ageMs, fresh, instrument, ...vector.features]);
  const range = packed ? spine.contents?.range : undefined;
  const known = knownAt(range && { firstMs: range.firstMs - maxAgeMs, lastMs: range.lastMs });
  const ifFresh = (value: RawBuilder<unknown>, name: string) =>
    sql`if(${column("joined", fresh)}, ${value}, null)`.as(name);
  const rows = queryBuilder()
    .selectFrom(joinedRows(spine, vector, maxAgeMs, known).as("joined"))
    .select([
      ...spine.columns.map((name) => column("joined", name).as(name)),
      ...["bucket_id", "bucket_ts_end", "available_at"].map((name) => ifFresh(column("joined", name), name)),
      ifFresh(sql`${column("joined", ageMs)} / 1000`, "age_s"),
      ...vector.features.map((name) => ifFresh(column("joined", name), name)),
    ]);
  const { orderBy } = spine;
  const ordered = orderBy === undefined ? rows : rows.orderBy(column("joined", orderBy));
  // Without join_use_nulls a miss would read as 0, and its age as the time since 1970.
  return ordered.modifyEnd(settings({ join_use_nulls: 1, ...algorithms[algorithm], ...scanSettings }));
}

/** Each spine row beside the last vector row that was known by then, and whether that one is young enough. */
function joinedRows(spine: Spine, vector: StoredVector, maxAgeMs: number, known: KnownAt) {
  const moments = spineRows(spine)
    .select(["spine.exchange", "spine.market_type", "spine.symbol", "spine.ts"])
    .select(
      spine.columns.filter((name) => !spineKeys.has(name)).map((name) => column("spine", name).as(name)),
    )
    .select(known(column("spine", "ts")).as("known_by"))
    .select(instrumentNumber(spine, "spine").as(instrument));
  const age = sql`${milliseconds("spine_row", "ts")} - ${milliseconds("vector_row", "available_at")}`;
  return queryBuilder()
    .selectFrom(moments.as("spine_row"))
    .leftJoin(vectorRows(spine, vector, maxAgeMs, known).as("vector_row"), (join) =>
      asof(
        join
          .onRef(`spine_row.${instrument}`, "=", `vector_row.${instrument}`)
          .onRef("vector_row.known_at", "<=", "spine_row.known_by"),
      ),
    )
    .select(spine.columns.map((name) => column("spine_row", name).as(name)))
    .select(["vector_row.bucket_id", "vector_row.bucket_ts_end", "vector_row.available_at"])
    .select([age.as(ageMs), sql`${age} <= ${maxAgeMs}`.as(fresh)])
    .select(vector.features.map((name) => column("vector_row", name).as(name)));
}

function milliseconds(alias: string, name: string): RawBuilder<unknown> {
  return sql`toUnixTimestamp64Milli(${column(alias, name)})`;
}

const spineKeys: ReadonlySet<string> = new Set([...instrumentKey, "ts"]);

/** The vector's rows that any spine row could use: its instruments, from `maxAgeMs` before its first moment to its last one. */
function vectorRows(spine: Spine, vector: StoredVector, maxAgeMs: number, known: KnownAt) {
  const { first, last } = spineEnds(spine);
  const availableAt = column("vector", "available_at");
  return (
    queryBuilder()
      .selectFrom(final<VectorRow, "vector">(vector.table, "vector"))
      .select(instrumentNumber(spine, "vector").as(instrument))
      .select(["vector.bucket_id", "vector.bucket_ts_end", "vector.available_at"])
      .select(known(availableAt, column("vector", "bucket_id")).as("known_at"))
      .select(vector.features.map((name) => column("vector", name).as(name)))
      // Only to leave out parts and granules: rows of other instruments meet no spine row anyway, and testing each costs more.
      .where(sql<boolean>`indexHint(${ofSpineWords(spine, "vector")})`)
      .where(sql<boolean>`${availableAt} >= ${first} - toIntervalMillisecond(${maxAgeMs})`)
      .where(sql<boolean>`${availableAt} <= ${last}`)
      // Implied by the line above, so no row need be tested; it keeps later partitions from being read.
      .where(sql<boolean>`indexHint(${column("vector", "bucket_ts_start")} <= ${last})`)
  );
}

function refuseClash(names: readonly string[]): void {
  const twice = names.find((name, place) => names.indexOf(name) !== place);
  if (twice === undefined) return;
  throw new FeatureError("FS_INTERNAL", `A point-in-time query has two columns named ${twice}.`);
}
