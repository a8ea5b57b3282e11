/** Stores closed buckets, through the gate that refuses a writer without its lease. */
import { type ClosedBucket, vwapOf } from "../../clock/bucket.js";
import { parseLots } from "../../clock/decimal.js";
import type { InstrumentKey } from "../../spec/model.js";
import type { ClockContext } from "./clock-context.js";

/**
 * Stores buckets in order of id, month by month: a month is a partition, and only the rows of one partition are stored at
 * once or not at all. So a crash leaves no hole in the ids, whose last one says where to go on.
 */
export async function storeBuckets(
  context: ClockContext,
  instrument: InstrumentKey,
  buckets: readonly ClosedBucket[],
  version: bigint,
): Promise<void> {
  for (const month of splitByMonth(buckets)) await storeMonth(context, instrument, month, version);
}

/** Buckets in order of id, cut where the month changes in which they end (UTC). */
export function splitByMonth(buckets: readonly ClosedBucket[]): ClosedBucket[][] {
  const months: ClosedBucket[][] = [];
  let month = "";
  for (const bucket of buckets) {
    const own = new Date(bucket.end).toISOString().slice(0, 7);
    if (own === month) months.at(-1)?.push(bucket);
    else months.push([bucket]);
    month = own;
  }
  return months;
}

async function storeMonth(
  context: ClockContext,
  instrument: InstrumentKey,
  buckets: readonly ClosedBucket[],
  version: bigint,
): Promise<void> {
  const rows = buckets.length;
  const fixed = (name: string, value: string) => ({
    name,
    type: "String",
    values: Array<string>(rows).fill(value),
  });
  const time = (name: string, of: (bucket: ClosedBucket) => number) => ({
    name,
    type: "DateTime64(3, 'UTC')",
    values: BigInt64Array.from(buckets, (bucket) => BigInt(of(bucket))),
  });
  // A size in modes `count` and `event` is a number; the column is a Decimal, like that of volumes.
  const isCounted = context.clock.mode === "count" || context.clock.mode === "event";
  const sizeUnit = isCounted ? parseLots("1") : 1n;
  await context.engine.insert(context.compiled.gate, {
    rows,
    columns: [
      fixed("exchange", instrument.exchange),
      fixed("market_type", instrument.marketType),
      fixed("symbol", instrument.symbol),
      {
        name: "bucket_id",
        type: "UInt64",
        values: BigUint64Array.from(buckets, (bucket) => BigInt(bucket.id)),
      },
      time("bucket_ts_start", (bucket) => bucket.start),
      time("bucket_ts_end", (bucket) => bucket.end),
      time("prev_ts_end", (bucket) => bucket.prevEnd),
      time("available_at", (bucket) => bucket.availableAt),
      { name: "trades", type: "UInt32", values: Uint32Array.from(buckets, (bucket) => bucket.trades) },
      { name: "vol", type: "Decimal(38, 8)", values: buckets.map((bucket) => bucket.lots) },
      {
        name: "vwap",
        type: "Float64",
        values: Float64Array.from(buckets, (bucket) => vwapOf(bucket) ?? Number.NaN),
      },
      { name: "cut_trigger", type: "String", values: buckets.map((bucket) => bucket.trigger) },
      { name: "size", type: "Decimal(38, 8)", values: buckets.map((bucket) => bucket.size * sizeUnit) },
      { name: "v", type: "UInt64", values: new BigUint64Array(rows).fill(version) },
    ],
  });
}
