/** Inserts stored buckets into trigger tables, which computes what hangs on them. */
import type { Path } from "../../compile/catalog.js";
import { oneBlock } from "../../compile/compile-stream.js";
import { bucketColumns, placeColumn, placeExpression } from "../../compile/names.js";
import type { TableName } from "../../schema/object.js";
import { quoteName } from "../../schema/quote.js";
import type { BucketRange } from "./batches.js";
import { type ClockContext, featuresTable } from "./clock-context.js";
import { rangeFilter } from "./range-filter.js";

/**
 * Computes one level, that of the trigger table `table`, for the buckets of `ranges`, as one block. `versions` are the `v` of the rows that are written, by
 * instrument, in the order of the ranges.
 */
export async function triggerLevel(
  context: ClockContext,
  table: TableName,
  ranges: readonly BucketRange[],
  versions: readonly bigint[],
): Promise<void> {
  if (ranges.length === 0) return;
  const columns = bucketColumns.filter((name) => name !== "v").join(", ");
  const { where, params } = rangeFilter(ranges);
  const version = ranges.map((_, index) => `${where[index]}, {v${index}:UInt64}`).join(", ");
  await context.engine.execute(
    `INSERT INTO ${quoteName(table)} (${columns}, v, ${placeColumn})
     SELECT ${columns}, multiIf(${version}, toUInt64(0)), ${placeExpression}
     FROM ${quoteName(context.compiled.buckets)} FINAL
     WHERE ${where.join(" OR ")}
     ORDER BY exchange, market_type, symbol, bucket_id`,
    {
      params: { ...params, ...Object.fromEntries(versions.map((value, index) => [`v${index}`, value])) },
      // One thread keeps the inserted rows one block; the views behind it run side by side.
      // What joins hold is a row a bucket: sharing it among threads takes longer than filling it.
      settings: {
        ...oneBlock,
        max_insert_threads: 1,
        optimize_on_insert: 0,
        parallel_view_processing: 1,
        join_algorithm: "hash",
      },
    },
  );
}

/** Records that the buckets of `ranges` are complete on some paths. */
export async function recordCloses(
  context: ClockContext,
  paths: readonly Path[],
  ranges: readonly BucketRange[],
  versions: readonly bigint[],
): Promise<void> {
  const { where, params } = rangeFilter(ranges);
  const version = ranges.map((_, index) => `${where[index]}, {v${index}:UInt64}`).join(", ");
  await context.engine.execute(
    `INSERT INTO ${featuresTable(context, "closes")} (clock, path, exchange, market_type, symbol, bucket_id, v)
     SELECT {clock:String}, arrayJoin({paths:Array(String)}), exchange, market_type, symbol, bucket_id, multiIf(${version}, toUInt64(0))
     FROM ${quoteName(context.compiled.buckets)} FINAL
     WHERE ${where.join(" OR ")}`,
    {
      params: {
        ...params,
        clock: context.clock.name,
        paths,
        ...Object.fromEntries(versions.map((value, index) => [`v${index}`, value])),
      },
    },
  );
}
