/** Stores closed buckets, through the gate that refuses a writer without its lease. */
import { type ClosedBucket, vwapOf } from "../../clock/bucket.js";
import { parseLots } from "../../clock/decimal.js";
import type { InstrumentKey } from "../../spec/model.js";
import type { ClockContext } from "./clock-context.js";
import { instrumentValues } from "./instrument-values.js";

/** Buckets of an instrument in order of id, and the `v` of their rows. */
export interface CutBuckets {
  readonly instrument: InstrumentKey;
  readonly buckets: readonly ClosedBucket[];
  readonly version: bigint;
}

/**
 * Stores buckets month by month: a month is a partition, and only the rows of one partition are stored at once or not at all. So a
 * crash leaves no hole in an instrument's ids, whose last one says where to go on.
 */
export async function storeBuckets(context: ClockContext, cuts: readonly CutBuckets[]): Promise<void> {
  for (const rows of byMonth(cuts)) await storeRows(context, rows);
}

interface BucketRow {
  readonly instrument: InstrumentKey;
  readonly bucket: ClosedBucket;
  readonly version: bigint;
}

/** By the month in which they end (UTC), the earliest first; an instrument's in order of id. */
export function byMonth(cuts: readonly CutBuckets[]): BucketRow[][] {
  const months = new Map<string, BucketRow[]>();
  for (const { instrument, buckets, version } of cuts) {
    for (const bucket of buckets) {
      const month = new Date(bucket.end).toISOString().slice(0, 7);
      const rows = months.get(month) ?? [];
      months.set(month, rows);
      rows.push({ instrument, bucket, version });
    }
  }
  return [...months].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, rows]) => rows);
}

async function storeRows(context: ClockContext, rows: readonly BucketRow[]): Promise<void> {
  const time = (name: string, of: (bucket: ClosedBucket) => number) => ({
    name,
    type: "DateTime64(3, 'UTC')",
    values: BigInt64Array.from(rows, ({ bucket }) => BigInt(of(bucket))),
  });
  // A size in modes `count` and `event` is a number; the column is a Decimal, like that of volumes.
  const isCounted = context.clock.mode === "count" || context.clock.mode === "event";
  const sizeUnit = isCounted ? parseLots("1") : 1n;
  await context.engine.insert(context.compiled.gate, {
    rows: rows.length,
    columns: [
      ...instrumentValues(rows.map(({ instrument }) => instrument)),
      {
        name: "bucket_id",
        type: "UInt64",
        values: BigUint64Array.from(rows, ({ bucket }) => BigInt(bucket.id)),
      },
      time("bucket_ts_start", (bucket) => bucket.start),
      time("bucket_ts_end", (bucket) => bucket.end),
      time("prev_ts_end", (bucket) => bucket.prevEnd),
      time("available_at", (bucket) => bucket.availableAt),
      { name: "trades", type: "UInt32", values: Uint32Array.from(rows, ({ bucket }) => bucket.trades) },
      { name: "vol", type: "Decimal(38, 8)", values: rows.map(({ bucket }) => bucket.lots) },
      {
        name: "vwap",
        type: "Float64",
        values: Float64Array.from(rows, ({ bucket }) => vwapOf(bucket) ?? Number.NaN),
      },
      { name: "cut_trigger", type: "String", values: rows.map(({ bucket }) => bucket.trigger) },
      { name: "size", type: "Decimal(38, 8)", values: rows.map(({ bucket }) => bucket.size * sizeUnit) },
      { name: "v", type: "UInt64", values: BigUint64Array.from(rows, ({ version }) => version) },
    ],
  });
}
