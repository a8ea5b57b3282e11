import {
  amountType,
  column,
  deduplication,
  growing,
  instrumentColumns,
  nameType,
  packed,
  priceType,
  storedColumns,
  time,
  timeType,
  ttlFrom,
} from "./common-columns.js";
import type { SchemaLayout } from "./layout.js";
import type { Table } from "./object.js";

/** What `feature ingest` writes beside the rows: rejects, the files it read, and trades that came too late. */
export function ingestTables(layout: SchemaLayout): Table[] {
  return [rejects(layout), files(layout), lateTrades(layout)];
}

function rejects({ databases, retention }: SchemaLayout): Table {
  return {
    kind: "table",
    database: databases.raw,
    name: "ingest_rejects",
    columns: [
      column("file", "String"),
      column("line", "UInt64", { comment: "counts from 1, a header included; 0: the whole file" }),
      column("reason", nameType),
      column("text", "String", { codec: packed, comment: "the line, shortened" }),
      column("source", nameType),
      column("ingested_at", timeType, { default: "now64(3, 'UTC')" }),
    ],
    engine: "ReplacingMergeTree(ingested_at)",
    orderBy: ["file", "line", "source", "reason"],
    ...ttlFrom("ingested_at", retention.rawMs),
    settings: deduplication,
    comment: "Input rows that could not be read",
  };
}

function files({ databases }: SchemaLayout): Table {
  return {
    kind: "table",
    database: databases.raw,
    name: "ingest_files",
    columns: [
      column("path", "String", { comment: "as it was given" }),
      column("name", "String", { comment: "the last part of the path" }),
      column("size", "UInt64", { comment: "bytes" }),
      column("sha256", "String", { comment: "64 hex digits of the file's content" }),
      column("format", nameType),
      column("source", nameType),
      column("rows", "UInt64", { comment: "data rows read" }),
      column("stored", "UInt64"),
      column("duplicate", "UInt64"),
      column("rejected", "UInt64"),
      column("late", "UInt64"),
      column("started_at", timeType),
      column("finished_at", `Nullable(${timeType})`, { comment: "NULL: not finished" }),
      column("v", "UInt64", { default: "toUInt64(toUnixTimestamp64Nano(now64(9)))" }),
    ],
    engine: "ReplacingMergeTree(v)",
    orderBy: ["sha256", "format", "path"],
    settings: deduplication,
    comment: "Files that were read, by content",
  };
}

function lateTrades({ databases, retention }: SchemaLayout): Table {
  return {
    kind: "table",
    database: databases.raw,
    name: "late_trades",
    columns: [
      ...instrumentColumns,
      time("timestamp", "event time at the venue"),
      column("trade_seq", "UInt64", { codec: growing }),
      column("trade_id", "String", { codec: packed }),
      column("price", priceType, { codec: growing }),
      column("quantity", amountType, { codec: packed }),
      column("side", nameType),
      column("watermark", `Nullable(${timeType})`, { comment: "what the cutter had consumed up to" }),
      ...storedColumns,
    ],
    engine: "ReplacingMergeTree(keep)",
    partitionBy: "toYYYYMM(timestamp)",
    orderBy: ["exchange", "market_type", "symbol", "timestamp", "trade_seq", "trade_id"],
    ...ttlFrom("ingested_at", retention.rawMs),
    settings: deduplication,
    comment: "Trades that came after their time was cut; in no bucket",
  };
}
