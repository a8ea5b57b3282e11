import { auditTable } from "./audit-table.js";
import { bucketConfigTable } from "./bucket-config-table.js";
import {
  amountType,
  column,
  deduplication,
  growing,
  instrumentColumns,
  nameType,
  packed,
  time,
  timeType,
  ttlFrom,
} from "./common-columns.js";
import { fitsTable } from "./fits-table.js";
import type { SchemaLayout } from "./layout.js";
import type { Column, Table, TableName } from "./object.js";

/** Where a clock's closed buckets are stored: `unified_buckets` for `ubt`, `buckets_<clock>` for others. */
export function bucketsName(layout: Pick<SchemaLayout, "databases">, clock: string): TableName {
  return {
    database: layout.databases.features,
    name: clock === "ubt" ? "unified_buckets" : `buckets_${clock}`,
  };
}

/** A bucket table for each clock, then the writer's bookkeeping, which all clocks share. */
export function clockTables(layout: SchemaLayout): Table[] {
  return [
    ...Object.keys(layout.clocks).map((clock) => bucketsTable(layout, clock)),
    bucketConfigTable(layout),
    fitsTable(layout),
    bucketState(layout),
    closes(layout),
    dirty(layout),
    leases(layout),
    bucketCuts(layout),
    fetches(layout),
    auditTable(layout),
    jobRuns(layout),
    expectBreaches(layout),
  ];
}

const key = ["exchange", "market_type", "symbol"];
const clockColumn = column("clock", nameType);
const version = column("v", "UInt64", { comment: "writer epoch << 40 | attempt << 8; the highest wins" });
const createdAt = column("created_at", "DateTime('UTC')", { default: "now('UTC')", codec: growing });

function bucketsTable(layout: SchemaLayout, clock: string): Table {
  return {
    kind: "table",
    ...bucketsName(layout, clock),
    columns: [
      ...instrumentColumns,
      column("bucket_id", "UInt64", { codec: growing, comment: "dense, from 1" }),
      time("bucket_ts_start"),
      time("bucket_ts_end", "not in the bucket"),
      time("prev_ts_end", "where book updates of this bucket begin"),
      time("available_at", "never falls along bucket_id"),
      column("trades", "UInt32", { comment: "of a clock of mode event: book updates" }),
      column("vol", amountType, { codec: packed, comment: "units of base" }),
      column("vwap", "Float64", { codec: packed }),
      column(
        "cut_trigger",
        "Enum8('volume' = 1, 'time' = 2, 'count' = 3, 'max_trades' = 4, 'quality' = 5, 'event' = 6)",
      ),
      column("size", amountType, { codec: packed, comment: "the size it was cut with" }),
      ...sessionColumn(layout),
      version,
      createdAt,
    ],
    engine: "ReplacingMergeTree(v)",
    partitionBy: "toYYYYMM(bucket_ts_end)",
    orderBy: [...key, "bucket_id"],
    ...ttlFrom("created_at", layout.retention.featuresMs),
    settings: deduplication,
    indexes: [{ name: "by_end", expression: "bucket_ts_end", type: "minmax", granularity: 1 }],
    comment: `Closed buckets of clock ${clock}`,
  };
}

/** Computed when it is read, so that other sessions in features.yaml need no rows to be written. */
function sessionColumn({ sessions = [] }: SchemaLayout): Column[] {
  if (sessions.length === 0) return [];
  const hour = "toHour(bucket_ts_start, 'UTC')";
  const cases = sessions.map(({ name, fromHour, toHour }) => {
    const [both, from, to] = [
      fromHour < toHour ? "AND" : "OR",
      `${hour} >= ${fromHour}`,
      `${hour} < ${toHour}`,
    ];
    return `(${from}) ${both} (${to}), '${name}'`;
  });
  const expression = `multiIf(${cases.join(", ")}, '')`;
  return [
    {
      name: "session",
      type: "String",
      default: { kind: "ALIAS", expression },
      comment: "by the hour (UTC) of its start",
    },
  ];
}

/** What was not as a view's `expect:` says when buckets were closed: a row a rule, column, instrument and last bucket. */
function expectBreaches(layout: SchemaLayout): Table {
  return {
    kind: "table",
    database: layout.databases.features,
    name: "expect_breaches",
    columns: [
      clockColumn,
      column("view", nameType),
      column("column", nameType),
      column("rule", nameType, { comment: "not_null, null_share, min or max" }),
      ...instrumentColumns,
      column("bucket_id", "UInt64", { comment: "the last bucket that breaks the rule" }),
      column("expected", "Float64"),
      column("found", "Float64", { comment: "a number of NULLs, a share, or the value furthest off" }),
      column("rows", "UInt64", { comment: "that were looked at" }),
      column("noted_at", timeType, { default: "now64(3, 'UTC')" }),
    ],
    engine: "ReplacingMergeTree(noted_at)",
    orderBy: ["clock", "view", "column", "rule", ...key, "bucket_id"],
    ...ttlFrom("noted_at", layout.retention.featuresMs),
    settings: deduplication,
    comment: "Values that were not as expected when their buckets were closed",
  };
}

/** What jobs did: a row an attempt. */
function jobRuns(layout: SchemaLayout): Table {
  return {
    kind: "table",
    database: layout.databases.features,
    name: "job_runs",
    columns: [
      column("job", nameType),
      column("run_id", "String"),
      column("attempt", "UInt16"),
      column("trigger", "Enum8('schedule' = 1, 'manual' = 2, 'missed' = 3)"),
      column("due_at", timeType),
      column("started_at", timeType),
      column("finished_at", `Nullable(${timeType})`),
      column(
        "state",
        "Enum8('running' = 1, 'done' = 2, 'failed' = 3, 'timeout' = 4, 'stopped' = 5, 'missed' = 6)",
      ),
      column("message", "String", { comment: "what came of it, or what went wrong" }),
      column("owner", "String"),
      column("v", "UInt64", { comment: "1 at the beginning, 2 at the end of an attempt" }),
    ],
    engine: "ReplacingMergeTree(v)",
    orderBy: ["job", "started_at", "run_id", "attempt"],
    settings: deduplication,
    comment: "History of jobs",
  };
}

/**
 * The cutter's state, one row a clock and instrument. `open_lots` is in units of 1e-8 of base, `open_notional` in units of
 * 1e-16 of quote; both exact. NULL in `open_start`: no bucket is open; in `watermark`: nothing was consumed.
 */
function bucketState(layout: SchemaLayout): Table {
  const nullableTime = (name: string): Column => column(name, `Nullable(${timeType})`);
  return {
    kind: "table",
    database: layout.databases.features,
    name: "bucket_state",
    columns: [
      clockColumn,
      ...instrumentColumns,
      column("last_bucket_id", "UInt64", { comment: "0: none closed yet" }),
      nullableTime("last_bucket_end"),
      nullableTime("last_available_at"),
      nullableTime("open_start"),
      column("open_lots", "Int256"),
      column("open_notional", "Int256"),
      column("open_trades", "UInt32"),
      nullableTime("open_available_at"),
      nullableTime("watermark"),
      column("cut_version", "UInt32", { default: "1" }),
      version,
      column("updated_at", timeType, { default: "now64(3, 'UTC')" }),
    ],
    engine: "ReplacingMergeTree(v)",
    orderBy: ["clock", ...key],
    settings: deduplication,
    comment: "The cutter's state",
  };
}

function closes(layout: SchemaLayout): Table {
  return {
    kind: "table",
    database: layout.databases.features,
    name: "closes",
    columns: [
      clockColumn,
      column("path", nameType, { comment: "hot or lazy" }),
      ...instrumentColumns,
      column("bucket_id", "UInt64", { codec: growing }),
      version,
      column("closed_at", timeType, { default: "now64(3, 'UTC')", codec: growing }),
    ],
    engine: "ReplacingMergeTree(v)",
    orderBy: ["clock", "path", ...key, "bucket_id"],
    ...ttlFrom("closed_at", layout.retention.featuresMs),
    settings: deduplication,
    comment: "Buckets that are complete at all levels of a path",
  };
}

function dirty(layout: SchemaLayout): Table {
  return {
    kind: "table",
    database: layout.databases.features,
    name: "dirty",
    columns: [
      clockColumn,
      ...instrumentColumns,
      column("bucket_id", "UInt64"),
      column("intent", "String", { comment: "names the work that made it dirty" }),
      column("state", "Enum8('open' = 1, 'done' = 2)"),
      column("reason", nameType),
      version,
      column("created_at", timeType, { default: "now64(3, 'UTC')" }),
    ],
    engine: "ReplacingMergeTree(v)",
    orderBy: ["clock", ...key, "bucket_id", "intent"],
    ...ttlFrom("created_at", layout.retention.featuresMs),
    settings: deduplication,
    comment: "Buckets whose raw rows changed after they were computed",
  };
}

function leases(layout: SchemaLayout): Table {
  return {
    kind: "table",
    database: layout.databases.features,
    name: "leases",
    columns: [
      ...instrumentColumns,
      column("epoch", "UInt64"),
      column("owner", "String"),
      column("taken_at", timeType, { default: "now64(3, 'UTC')" }),
    ],
    engine: "ReplacingMergeTree(taken_at)",
    orderBy: [...key, "epoch"],
    settings: deduplication,
    comment: "Who writes an instrument: the highest epoch",
  };
}

function bucketCuts(layout: SchemaLayout): Table {
  return {
    kind: "table",
    database: layout.databases.features,
    name: "bucket_cuts",
    columns: [
      clockColumn,
      ...instrumentColumns,
      column("cut_version", "UInt32"),
      column("reason", "String"),
      column("first_timestamp", `Nullable(${timeType})`, { comment: "of the first trade that was cut" }),
      column("buckets_before", "UInt64", { comment: "closed buckets of the version it replaced" }),
      column("cut_at", timeType, { default: "now64(3, 'UTC')" }),
    ],
    engine: "ReplacingMergeTree(cut_at)",
    orderBy: ["clock", ...key, "cut_version"],
    settings: deduplication,
    comment: "History of cutting instruments anew",
  };
}

/** One row an instrument and fetch: buckets that a training set was made from are not cut anew without being asked. */
function fetches(layout: SchemaLayout): Table {
  return {
    kind: "table",
    database: layout.databases.features,
    name: "fetches",
    columns: [
      ...instrumentColumns,
      column("vector", nameType),
      column("version", "String", { comment: "the vector's table" }),
      column("buckets", "UInt64", { comment: "how many of its buckets" }),
      column("fetched_at", timeType, { default: "now64(3, 'UTC')", codec: growing }),
    ],
    engine: "MergeTree",
    orderBy: [...key, "fetched_at"],
    settings: deduplication,
    comment: "What was fetched, by instrument",
  };
}
