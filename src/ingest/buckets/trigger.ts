/** Inserts closed buckets into trigger tables, which computes what hangs on them. */
import type { Path } from "../../compile/catalog.js";
import { oneBlock } from "../../compile/compile-stream.js";
import { placeColumn } from "../../compile/names.js";
import type { NativeColumn } from "../../engine/native.js";
import type { TableName } from "../../schema/object.js";
import { instrumentName } from "../../spec/model.js";
import type { PendingBucket } from "./batches.js";
import type { ClockContext } from "./clock-context.js";
import { instrumentValues } from "./instrument-values.js";
import type { Versions } from "./lease-book.js";

/** Up to so many trades the threads that would read a table side by side take longer to start than to read it. */
const smallClose = 20_000;

/** Computes one level, that of the trigger table `table`, for buckets of any order, as one block. */
export async function triggerLevel(
  { engine }: ClockContext,
  table: TableName,
  buckets: readonly PendingBucket[],
  versions: Versions,
): Promise<void> {
  if (buckets.length === 0) return;
  const trades = buckets.reduce((sum, bucket) => sum + bucket.trades, 0);
  const time = (name: string, of: (bucket: PendingBucket) => number): NativeColumn => ({
    name,
    type: "DateTime64(3, 'UTC')",
    values: BigInt64Array.from(buckets, (bucket) => BigInt(of(bucket))),
  });
  await engine.insert(
    table,
    {
      rows: buckets.length,
      columns: [
        ...keyColumns(buckets),
        time("bucket_ts_start", ({ start }) => start),
        time("bucket_ts_end", ({ end }) => end),
        time("prev_ts_end", ({ prevEnd }) => prevEnd),
        time("available_at", ({ availableAt }) => availableAt),
        versionColumn(buckets, versions),
        { name: placeColumn, type: "UInt32", values: Uint32Array.from(buckets, (_, index) => index + 1) },
      ],
    },
    {
      ...oneBlock,
      // One thread keeps the inserted rows one block; the views behind it run side by side.
      max_insert_threads: 1,
      optimize_on_insert: 0,
      parallel_view_processing: 1,
      // What joins hold is a row a bucket: sharing it among threads takes longer than filling it.
      join_algorithm: "hash",
      ...(trades <= smallClose ? { max_streams_for_merge_tree_reading: 1 } : {}),
    },
  );
}

/** Records that buckets are complete on some paths. */
export async function recordCloses(
  { engine, project, clock }: ClockContext,
  complete: readonly Path[],
  buckets: readonly PendingBucket[],
  versions: Versions,
): Promise<void> {
  const closes = complete.flatMap((path) => buckets.map((bucket) => ({ path, bucket })));
  const closed = closes.map(({ bucket }) => bucket);
  await engine.insert(
    { database: project.databases.features, name: "closes" },
    {
      rows: closes.length,
      columns: [
        { name: "clock", type: "String", values: closes.map(() => clock.name) },
        { name: "path", type: "String", values: closes.map(({ path }) => path) },
        ...keyColumns(closed),
        versionColumn(closed, versions),
      ],
    },
  );
}

function keyColumns(buckets: readonly PendingBucket[]): NativeColumn[] {
  return [
    ...instrumentValues(buckets.map(({ instrument }) => instrument)),
    { name: "bucket_id", type: "UInt64", values: BigUint64Array.from(buckets, ({ id }) => BigInt(id)) },
  ];
}

function versionColumn(buckets: readonly PendingBucket[], versions: Versions): NativeColumn {
  const of = ({ instrument }: PendingBucket): bigint => versions.get(instrumentName(instrument)) ?? 0n;
  return { name: "v", type: "UInt64", values: BigUint64Array.from(buckets, of) };
}
