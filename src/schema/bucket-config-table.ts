import {
  amountType,
  column,
  deduplication,
  instrumentColumns,
  nameType,
  timeType,
} from "./common-columns.js";
import type { SchemaLayout } from "./layout.js";
import type { Table } from "./object.js";

/**
 * Sizes of buckets by instrument and time, as calibration writes them. A size holds for a bucket that starts in
 * [valid_from, valid_to). Kept for good: a recording of last year is cut with what was valid then.
 */
export function bucketConfigTable(layout: SchemaLayout): Table {
  return {
    kind: "table",
    database: layout.databases.features,
    name: "bucket_config",
    columns: [
      column("clock", nameType, { default: "'ubt'" }),
      ...instrumentColumns,
      column("session_tag", nameType, { default: "'all'" }),
      column("mode", "Enum8('volume' = 1, 'count' = 2, 'event' = 3, 'quality' = 4)"),
      column("t_target_s", "UInt16", { default: "30", comment: "wished duration" }),
      column("t_max_s", "UInt16", { default: "60", comment: "longest duration" }),
      column("q_bucket", amountType, { default: "1000", comment: "size in units of base" }),
      column("q_min", amountType, { default: "500" }),
      column("q_max", amountType, { default: "5000" }),
      column("n_trades", "UInt32", { default: "50", comment: "size in trades" }),
      column("n_min", "UInt32", { default: "20" }),
      column("n_max", "UInt32", { default: "200" }),
      column("n_updates", "UInt32", { default: "50", comment: "size in book updates" }),
      column("u_min", "UInt32", { default: "20" }),
      column("u_max", "UInt32", { default: "200" }),
      column("vps_p50", "Float64", { default: "0", comment: "volume a second" }),
      column("vps_p80", "Float64", { default: "0" }),
      column("tps_p50", "Float64", { default: "0", comment: "trades a second" }),
      column("tps_p80", "Float64", { default: "0" }),
      column("ups_p50", "Float64", { default: "0", comment: "book updates a second" }),
      column("ups_p80", "Float64", { default: "0" }),
      column("window_min", "UInt16", { default: "1440", comment: "minutes that were measured" }),
      column("source", nameType, { default: "'daily_offline'" }),
      column("notes", "String", { default: "''" }),
      column("valid_from", timeType, { default: "now64(3, 'UTC')" }),
      column("valid_to", timeType, { default: "valid_from + toIntervalDay(2)" }),
      column("updated_at", timeType, { default: "now64(3, 'UTC')" }),
      column("version", "UInt64", { default: "toUInt64(toUnixTimestamp64Milli(now64(3, 'UTC')))" }),
    ],
    engine: "ReplacingMergeTree(version)",
    orderBy: ["clock", "exchange", "market_type", "symbol", "session_tag", "mode", "valid_from"],
    settings: deduplication,
    comment: "Sizes of buckets",
  };
}
