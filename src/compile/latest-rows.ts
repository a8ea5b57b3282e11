/** Point reads of a vector's table: what the online store holds. */
import { type RawBuilder, sql } from "kysely";
import { instrumentKey } from "../schema/common-columns.js";
import { type CompiledSelect, compileSelect } from "./kysely/compiled-select.js";
import { limitBy } from "./kysely/limit-by.js";
import { queryBuilder } from "./kysely/query-builder.js";
import { table } from "./kysely/table.js";
import { typed } from "./kysely/typed-parameter.js";
import { column, type StoredVector, type VectorRow } from "./stored-vector.js";

/** Consecutive buckets of one instrument, ends included. */
export interface RowRange {
  readonly exchange: string;
  readonly market_type: string;
  readonly symbol: string;
  readonly from: number;
  readonly to: number;
}

/** The newest bucket of every instrument that a vector has rows of, as `last`, and the highest version among its rows. */
export function newestBucketsQuery(vector: StoredVector): CompiledSelect {
  const keys = instrumentKey.map((name) => column("vector", name).as(name));
  return compileSelect(
    queryBuilder()
      .selectFrom(table<VectorRow, "vector">(vector.table, "vector"))
      .select(keys)
      .select([
        sql<string>`toString(max(${column("vector", "bucket_id")}))`.as("last"),
        sql<string>`toString(max(${column("vector", "v")}))`.as("version"),
      ])
      .groupBy(instrumentKey.map((name) => column("vector", name)))
      .orderBy(sql`exchange, market_type, symbol`),
  );
}

/**
 * The rows of some buckets in their newest version, as columns for `Reader.blocks`: instrument, `bucket_id`, times as
 * milliseconds (Int64), `v`, features; ordered by key. By primary key: no FINAL, which would look at every part.
 */
export function rangeRowsQuery(vector: StoredVector, ranges: readonly RowRange[]): CompiledSelect {
  const own = (name: string) => column("vector", name);
  const millisecond = (name: string) => sql`toUnixTimestamp64Milli(${own(name)})`.as(name);
  const order = [...instrumentKey, "bucket_id"].map(own);
  const rows = queryBuilder()
    .selectFrom(table<VectorRow, "vector">(vector.table, "vector"))
    .select(instrumentKey.map((name) => sql`toString(${own(name)})`.as(name)))
    .select(own("bucket_id").as("bucket_id"))
    .select(["bucket_ts_start", "bucket_ts_end", "available_at"].map(millisecond))
    .select(["v", ...vector.features].map((name) => own(name).as(name)))
    .where(sql<boolean>`(${sql.join(ranges.map(inRange), sql` or `)})`)
    .orderBy(sql`${sql.join(order)}, ${own("v")} desc`)
    .modifyEnd(limitBy(1, order));
  return compileSelect(rows);
}

function inRange(range: RowRange): RawBuilder<boolean> {
  const keys = instrumentKey.map((name) => sql<boolean>`${column("vector", name)} = ${range[name]}`);
  const id = column("vector", "bucket_id");
  return sql<boolean>`(${sql.join(keys, sql` and `)} and ${id} between ${typed(range.from, "UInt64")} and ${typed(range.to, "UInt64")})`;
}
