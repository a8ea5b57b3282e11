import {
  amountType,
  column,
  deduplication,
  instrumentColumns,
  nameType,
  priceType,
  timeType,
} from "./common-columns.js";
import { ingestTables } from "./ingest-tables.js";
import { type SchemaLayout, sourceTables } from "./layout.js";
import type { Table, TableName } from "./object.js";
import { simplifiedTables } from "./simplified-tables.js";
import { sourceTable } from "./source-tables.js";

/**
 * The raw schema, migration 1: every table of the hot and of the cold side, the instruments, and what ingest keeps of
 * its work. External sources are someone else's tables and are left out of the hot side.
 */
export function rawTables(layout: SchemaLayout): Table[] {
  const { raw, cold } = layout.databases;
  return [
    instruments(raw),
    ...sourceTables
      .filter((source) => !layout.sources[source].external)
      .map((source) => {
        const { database, name } = ownedName(layout.sources[source].table, raw);
        return sourceTable("hot", source, database, name, layout.retention.rawMs);
      }),
    ...simplifiedTables("hot", raw, layout.retention.rawMs),
    ...ingestTables(layout),
    ...sourceTables.map((source) => sourceTable("cold", source, cold, source, undefined)),
    ...simplifiedTables("cold", cold, undefined),
    archiveStatus(cold),
  ];
}

/** `name` or `database.name`, as features.yaml has it. */
function ownedName(text: string, database: string): TableName {
  const dot = text.indexOf(".");
  return dot < 0 ? { database, name: text } : { database: text.slice(0, dot), name: text.slice(dot + 1) };
}

/** The instruments of features.yaml, for joins; `feature apply` keeps the rows in step with the file. */
function instruments(database: string): Table {
  return {
    kind: "table",
    database,
    name: "instruments",
    columns: [
      ...instrumentColumns,
      column("tick_size", priceType, { comment: "smallest step of a price" }),
      column("lot_size", amountType, { comment: "smallest step of a quantity" }),
      column("contract_size", `Nullable(${amountType})`, {
        comment: "base (linear) or quote (inverse) units of one contract",
      }),
      column("base", nameType),
      column("quote", nameType),
      column("declared", "Bool", { default: "true", comment: "false: no longer in features.yaml" }),
      column("updated_at", timeType, { default: "now64(3, 'UTC')" }),
    ],
    engine: "ReplacingMergeTree(updated_at)",
    orderBy: ["exchange", "market_type", "symbol"],
    settings: deduplication,
    comment: "Instruments of features.yaml",
  };
}

function archiveStatus(database: string): Table {
  return {
    kind: "table",
    database,
    name: "archive_status",
    columns: [
      column("archive_date", "Date"),
      column("data_type", nameType),
      column("exchange", nameType),
      column("market_type", nameType),
      column("symbol", nameType, { comment: "empty: all" }),
      column("records_archived", "UInt64"),
      column("archive_size_bytes", "UInt64"),
      column("archive_duration_seconds", "Float64"),
      column("created_at", timeType, { default: "now64(3, 'UTC')" }),
    ],
    engine: "ReplacingMergeTree(created_at)",
    orderBy: ["archive_date", "data_type", "exchange", "market_type", "symbol"],
    settings: deduplication,
    comment: "What was copied from the hot to the cold side",
  };
}
