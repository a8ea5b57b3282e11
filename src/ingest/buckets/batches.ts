/** Packs closed buckets into inserts: large enough to be cheap, small enough for one block, and close in time. Pure. */
import type { ClosedBucket } from "../../clock/bucket.js";
import { type InstrumentKey, instrumentName } from "../../spec/model.js";

/** Consecutive buckets of one instrument, ends included. */
export interface BucketRange {
  readonly instrument: InstrumentKey;
  readonly from: number;
  readonly to: number;
}

/** A closed bucket that waits to be triggered, as it is stored. Times in epoch ms. */
export interface PendingBucket
  extends Pick<ClosedBucket, "id" | "start" | "end" | "prevEnd" | "availableAt" | "trades"> {
  readonly instrument: InstrumentKey;
}

export function pendingBucket(instrument: InstrumentKey, bucket: ClosedBucket): PendingBucket {
  const { id, start, end, prevEnd, availableAt, trades } = bucket;
  return { instrument, id, start, end, prevEnd, availableAt, trades };
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

/** One insert: buckets in order of time, an instrument's in order of id, and what they come to. */
export interface Batch {
  readonly buckets: readonly PendingBucket[];
  readonly ranges: readonly BucketRange[];
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
export function splitBatch(batch: Batch): Batch[] {
  if (batch.buckets.length < 2) return [batch];
  const half = Math.ceil(batch.buckets.length / 2);
  return [batchOf(batch.buckets.slice(0, half)), batchOf(batch.buckets.slice(half))];
}

/** A batch for each instrument of a batch. */
export function splitByInstrument(batch: Batch): Batch[] {
  const parts = new Map<string, PendingBucket[]>();
  for (const bucket of batch.buckets) {
    const name = instrumentName(bucket.instrument);
    const part = parts.get(name) ?? [];
    parts.set(name, part);
    part.push(bucket);
  }
  return [...parts.values()].map(batchOf);
}

export function batchOf(buckets: readonly PendingBucket[]): Batch {
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
    buckets,
    ranges,
    trades: buckets.reduce((sum, bucket) => sum + bucket.trades, 0),
    start: Math.min(...buckets.map((bucket) => bucket.start)),
    end: Math.max(...buckets.map((bucket) => bucket.end)),
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
