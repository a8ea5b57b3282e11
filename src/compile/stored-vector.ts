import { type RawBuilder, sql } from "kysely";
import type { TableName } from "../schema/object.js";

/** A vector's rows: its table, one row a bucket and version, and its features as `<view>__<column>` in the vector's order. */
export interface StoredVector {
  readonly table: TableName;
  readonly features: readonly string[];
}

/** The columns of a vector's table that reading it relies on, as `Reader.rows` gives them. */
export interface VectorRow {
  readonly exchange: string;
  readonly market_type: string;
  readonly symbol: string;
  readonly bucket_id: string;
  readonly bucket_ts_start: string;
  readonly bucket_ts_end: string;
  readonly available_at: string;
}

/**
 * The versions of a bucket share their partition, since its bounds never change: FINAL need not compare partitions, and a
 * partition that a condition excludes need not be read (100,000 spine rows of three days out of four months: 400 → 120 ms).
 */
export const scanSettings = { do_not_merge_across_partitions_select_final: 1 } as const;

/** `alias.name`, whatever characters the name has. */
export function column<T = unknown>(alias: string, name: string): RawBuilder<T> {
  return sql<T>`${sql.id(alias, name)}`;
}
