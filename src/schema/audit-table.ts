import {
  column,
  deduplication,
  growing,
  instrumentColumns,
  nameType,
  packed,
  timeType,
} from "./common-columns.js";
import type { SchemaLayout } from "./layout.js";
import type { Table, TableName } from "./object.js";

export function auditTableName({ databases }: Pick<SchemaLayout, "databases">): TableName {
  return { database: databases.features, name: "inference_audit" };
}

/** One row for each prediction that was answered, or computed beside: what was read, what came out, and how long it took. */
export function auditTable(layout: SchemaLayout): Table {
  return {
    kind: "table",
    ...auditTableName(layout),
    columns: [
      column("request_id", "String"),
      column("at", timeType, { codec: growing }),
      ...instrumentColumns,
      column("bucket_id", "UInt64", { codec: growing, comment: "of the newest row read; 0: there was none" }),
      column("asked", nameType, { comment: "the model that was asked" }),
      column("model", nameType, { comment: "the model that answered; empty: none could" }),
      column("version", "UInt32"),
      column("role", nameType, { comment: "live, canary, fallback, shadow or none" }),
      column("vector", nameType),
      column("signature", nameType, { comment: "what the input looks like" }),
      column("fingerprint", nameType, { comment: "what the numbers mean: the vector's version" }),
      column("inputs_hash", "String", { comment: "SHA-256 of the raw rows read" }),
      column("outputs", "Array(Float64)", {
        codec: packed,
        comment: "probabilities by class, then the value",
      }),
      column("decision", "String", { comment: "JSON: act, side, size and every reason; empty: none" }),
      column("fallback_reason", "String", { comment: "empty: the model that was asked answered itself" }),
      column("assemble_us", "UInt32"),
      column("run_us", "UInt32"),
      column("decide_us", "UInt32"),
      column("total_us", "UInt32"),
      column("written_at", timeType, { default: "now64(3, 'UTC')", codec: growing }),
    ],
    engine: "MergeTree",
    partitionBy: "toYYYYMM(at)",
    orderBy: ["exchange", "market_type", "symbol", "at"],
    settings: deduplication,
    comment: "What models were asked and what they answered",
  };
}
