import { column, deduplication, instrumentColumns, nameType, timeType } from "./common-columns.js";
import type { SchemaLayout } from "./layout.js";
import type { Table, TableName } from "./object.js";

/** Where jobs store what they fitted, for views with `table:`. */
export function fitsName(layout: Pick<SchemaLayout, "databases">): TableName {
  return { database: layout.databases.features, name: "fits" };
}

/**
 * What was fitted by jobs: a row for each fit of an instrument, known from `available_at` on. Kept for good: what was computed with an
 * old fit must be computable again.
 */
export function fitsTable(layout: SchemaLayout): Table {
  return {
    kind: "table",
    ...fitsName(layout),
    columns: [
      column("fit", nameType, { comment: "the name that `table:` gives" }),
      ...instrumentColumns,
      column("available_at", timeType, { comment: "buckets that were known earlier do not use it" }),
      column("fitted_from", timeType),
      column("fitted_to", timeType, { comment: "nothing later was looked at" }),
      column("observations", "UInt64"),
      column("fitted", "Map(String, Array(Float64))", { comment: "lists of numbers by name" }),
      column("created_at", timeType, { default: "now64(3, 'UTC')" }),
    ],
    engine: "ReplacingMergeTree(created_at)",
    orderBy: ["fit", "exchange", "market_type", "symbol", "available_at"],
    settings: deduplication,
    comment: "What jobs fitted for views to use",
  };
}
