/** The point-in-time query: for each row of a spine, what a vector's value was known to be at that moment. */
import { type RawBuilder, sql } from "kysely";
import { FeatureError } from "../errors.js";
import { instrumentKey } from "../schema/common-columns.js";
import type { TableName } from "../schema/object.js";
import { asof } from "./kysely/asof.js";
import { type CompiledSelect, compileSelect } from "./kysely/compiled-select.js";
import { final } from "./kysely/final.js";
import { queryBuilder } from "./kysely/query-builder.js";
import { settings } from "./kysely/settings.js";
import { table } from "./kysely/table.js";
import { typed } from "./kysely/typed-parameter.js";
import { column, type StoredVector, scanSettings, type VectorRow } from "./stored-vector.js";

/** What the query adds behind the spine's columns, before the features. */
export const pointInTimeColumns = ["bucket_id", "bucket_ts_end", "available_at", "age_s"] as const;

const algorithms = {
  hash: { join_algorithm: "hash" },
  full_sorting_merge: { join_algorithm: "full_sorting_merge", max_bytes_before_external_sort: 500_000_000 },
} as const;

/** Columns between the query's levels. */
const ageMs = "age_ms";
const fresh = "fresh";
const instrument = "instrument_number";
const highestBucketId = 2n ** 64n - 1n;

/** A table of moments: `exchange, market_type, symbol` as LowCardinality(String), `ts DateTime64(3, 'UTC')`, and any others. */
export interface Spine {
  readonly table: TableName;
  /** The columns that the result begins with. */
  readonly columns: readonly string[];
  /** A column that the result is sorted by; undefined: the result has no order. */
  readonly orderBy?: string;
}

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

interface SpineRow {
  readonly exchange: string;
  readonly market_type: string;
  readonly symbol: string;
  readonly ts: string;
}

function pointInTime({ spine, vector, maxAgeMs, algorithm = "hash" }: PointInTime) {
  refuseClash([...spine.columns, ...pointInTimeColumns, ageMs, fresh, instrument, ...vector.features]);
  const ifFresh = (value: RawBuilder<unknown>, name: string) =>
    sql`if(${column("joined", fresh)}, ${value}, null)`.as(name);
  const rows = queryBuilder()
    .selectFrom(joinedRows(spine, vector, maxAgeMs).as("joined"))
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
function joinedRows(spine: Spine, vector: StoredVector, maxAgeMs: number) {
  const moments = queryBuilder()
    .selectFrom(table<SpineRow, "spine">(spine.table, "spine"))
    .select(["spine.exchange", "spine.market_type", "spine.symbol", "spine.ts"])
    .select(
      spine.columns.filter((name) => !spineKeys.has(name)).map((name) => column("spine", name).as(name)),
    )
    .select(lastKnown(column("spine", "ts"), typed(highestBucketId, "UInt64")).as("known_by"))
    .select(instrumentNumber(spine, "spine").as(instrument));
  const age = sql`${milliseconds("spine_row", "ts")} - ${milliseconds("vector_row", "available_at")}`;
  return queryBuilder()
    .selectFrom(moments.as("spine_row"))
    .leftJoin(vectorRows(spine, vector, maxAgeMs).as("vector_row"), (join) =>
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
function vectorRows(spine: Spine, vector: StoredVector, maxAgeMs: number) {
  const moments = queryBuilder().selectFrom(table<SpineRow, "spine">(spine.table, "spine"));
  const instruments = moments.select(["spine.exchange", "spine.market_type", "spine.symbol"]).distinct();
  const first = moments.select(sql`min(${column("spine", "ts")})`.as("first"));
  const last = moments.select(sql`max(${column("spine", "ts")})`.as("last"));
  const availableAt = column("vector", "available_at");
  return (
    queryBuilder()
      .selectFrom(final<VectorRow, "vector">(vector.table, "vector"))
      .select(instrumentNumber(spine, "vector").as(instrument))
      .select(["vector.bucket_id", "vector.bucket_ts_end", "vector.available_at"])
      .select(lastKnown(availableAt, column("vector", "bucket_id")).as("known_at"))
      .select(vector.features.map((name) => column("vector", name).as(name)))
      // Only to leave out parts and granules: rows of other instruments meet no spine row anyway, and testing each costs more.
      .where(
        sql<boolean>`indexHint((${sql.join(instrumentKey.map((key) => column("vector", key)))}) in ${instruments})`,
      )
      .where(sql<boolean>`${availableAt} >= ${first} - toIntervalMillisecond(${maxAgeMs})`)
      .where(sql<boolean>`${availableAt} <= ${last}`)
      // Implied by the line above; it keeps later partitions from being read.
      .where(sql<boolean>`${column("vector", "bucket_ts_start")} <= ${last}`)
  );
}

/**
 * An instrument as one number: the places of its three words among the spine's words, the first being 1, in mixed radix. A word that
 * the spine does not have counts as 0, so no other instrument has the number of one of the spine's. The engine finds a place once
 * for each word of a block's dictionary; three strings it would hash for each row.
 */
function instrumentNumber(spine: Spine, alias: string): RawBuilder<unknown> {
  const moments = queryBuilder().selectFrom(table<SpineRow, "spine">(spine.table, "spine"));
  const words = (key: string) =>
    moments.select(sql`arraySort(groupUniqArray(toString(${column("spine", key)})))`.as("words"));
  const place = (key: string) =>
    sql`transform(${column(alias, key)}, ${words(key)}, arrayEnumerate(${words(key)}), 0)`;
  const radix = (key: string) => sql`(length(${words(key)}) + 1)`;
  return sql`(${place("exchange")} * ${radix("market_type")} + ${place("market_type")}) * ${radix("symbol")} + ${place("symbol")}`;
}

/**
 * (time in ms, bucket_id) as one number. An ASOF join compares one column and picks any of those that tie, so the column must
 * hold the tie-break. Decimal128, because that is the widest type that every version's ASOF join takes.
 */
function lastKnown(time: unknown, bucketId: unknown) {
  return sql`toDecimal128(bitShiftLeft(toInt128(toUnixTimestamp64Milli(${time})), 64) + ${bucketId}, 0)`;
}

function refuseClash(names: readonly string[]): void {
  const twice = names.find((name, place) => names.indexOf(name) !== place);
  if (twice === undefined) return;
  throw new FeatureError("FS_INTERNAL", `A point-in-time query has two columns named ${twice}.`);
}
