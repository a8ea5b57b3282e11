import { type CompiledSelect, compileSelect } from "./kysely/compiled-select.js";
import { final } from "./kysely/final.js";
import { queryBuilder } from "./kysely/query-builder.js";
import { settings } from "./kysely/settings.js";
import { column, type StoredVector, scanSettings, type VectorRow } from "./stored-vector.js";

/** What every row begins with. */
export const everyBucketColumns = [
  "exchange",
  "market_type",
  "symbol",
  "bucket_id",
  "bucket_ts_start",
  "bucket_ts_end",
  "available_at",
] as const;

/** Every stored bucket of a vector once, in its newest version, in the order of its key. Undefined features are NULL. */
export function everyBucketQuery(vector: StoredVector): CompiledSelect {
  const names = [...everyBucketColumns, ...vector.features];
  const query = queryBuilder()
    .selectFrom(final<VectorRow, "vector">(vector.table, "vector"))
    .select(names.map((name) => column("vector", name).as(name)))
    .orderBy("vector.exchange")
    .orderBy("vector.market_type")
    .orderBy("vector.symbol")
    .orderBy("vector.bucket_id")
    .modifyEnd(settings(scanSettings));
  return compileSelect(query);
}
