/** Packs closed buckets into inserts: large enough to be cheap, small enough for one block, and close in time. Pure. */
import { type InstrumentKey, instrumentName } from "../../spec/model.js";

/** Consecutive buckets of one instrument, ends included. */
export interface BucketRange {
  readonly instrument: InstrumentKey;
  readonly from: number;
  readonly to: number;
}

/** A closed bucket that waits to be triggered. Times in epoch ms. */
export interface PendingBucket {
  readonly instrument: InstrumentKey;
  readonly id: number;
  readonly start: number;
  readonly end: number;
  readonly trades: number;
}

export interface BatchLimits {
  readonly buckets: number;
  readonly trades: number;
  /** One time cut spans a batch: buckets further apart than this go into different ones. */
  readonly spanMs: number;
}

/** `bookRows`: how many books may go through one insert. With 25 levels a side they are the widest rows there are. */
export interface InsertLimits extends BatchLimits {
  readonly bookRows: number;
}

export const defaultLimits: InsertLimits = {
  buckets: 20_000,
  trades: 500_000,
  spanMs: 6 * 3_600_000,
  bookRows: 250_000,
};

/** One insert: ranges, with what they hold. */
export interface Batch {
  readonly ranges: readonly BucketRange[];
  readonly buckets: number;
  readonly trades: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Batches in order of time; within an instrument in order of id, so that a batch may be closed as soon as those before it
 * are complete. `pending` holds each instrument's buckets in order of id.
 */
export function packBatches(pending: readonly PendingBucket[], limits: BatchLimits): Batch[] {
  const ordered = [...pending].sort(
    (a, b) =>
      a.end - b.end || compare(instrumentName(a.instrument), instrumentName(b.instrument)) || a.id - b.id,
  );
  const batches: Batch[] = [];
  let current: PendingBucket[] = [];
  let trades = 0;
  const flush = (): void => {
    if (current.length > 0) batches.push(batchOf(current));
    current = [];
    trades = 0;
  };
  for (const bucket of ordered) {
    const first = current[0];
    const isFull =
      current.length >= limits.buckets ||
      trades + bucket.trades > limits.trades ||
      (first !== undefined && bucket.end - first.start > limits.spanMs);
    if (isFull) flush();
    current.push(bucket);
    trades += bucket.trades;
  }
  flush();
  return batches;
}

/** The same buckets in two batches, the earlier half first; the batch itself when it holds only one bucket. */
export function splitBatch(batch: Batch, pending: readonly PendingBucket[]): Batch[] {
  const inside = pending.filter((bucket) => batch.ranges.some((range) => contains(range, bucket)));
  if (inside.length < 2) return [batch];
  const limits = {
    buckets: Math.ceil(inside.length / 2),
    trades: Number.POSITIVE_INFINITY,
    spanMs: Number.POSITIVE_INFINITY,
  };
  return packBatches(inside, limits);
}

/** A batch for each range of a batch: for pending buckets, which have no gaps, one an instrument. */
export function splitByRange(batch: Batch, pending: readonly PendingBucket[]): Batch[] {
  return batch.ranges.map((range) => batchOf(pending.filter((bucket) => contains(range, bucket))));
}

function contains(range: BucketRange, bucket: PendingBucket): boolean {
  return (
    instrumentName(range.instrument) === instrumentName(bucket.instrument) &&
    bucket.id >= range.from &&
    bucket.id <= range.to
  );
}

function batchOf(buckets: readonly PendingBucket[]): Batch {
  const ranges: BucketRange[] = [];
  const last = new Map<string, number>();
  for (const { instrument, id } of buckets) {
    const name = instrumentName(instrument);
    const at = last.get(name);
    const range = at === undefined ? undefined : ranges[at];
    if (at !== undefined && range !== undefined && id === range.to + 1) ranges[at] = { ...range, to: id };
    else last.set(name, ranges.push({ instrument, from: id, to: id }) - 1);
  }
  return {
    ranges,
    buckets: buckets.length,
    trades: buckets.reduce((sum, bucket) => sum + bucket.trades, 0),
    start: Math.min(...buckets.map((bucket) => bucket.start)),
    end: Math.max(...buckets.map((bucket) => bucket.end)),
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
