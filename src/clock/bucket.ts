/** What the cutter makes and remembers. Times are epoch milliseconds; lots are units of 1e-8 of the base asset. */

/** In mode `quality`, `volume` is the hard cap. */
export type CutTrigger = "volume" | "time" | "count" | "max_trades" | "event" | "quality";

export interface ClosedBucket {
  /** Dense from 1 for each instrument. */
  readonly id: number;
  /** The interval `[start, end)`. */
  readonly start: number;
  readonly end: number;
  /** Where the rows of this bucket's streams begin: the previous bucket's end, at most `bookGapMs` before `start`. */
  readonly prevEnd: number;
  /** When the bucket could first be known; never before that of the previous bucket. */
  readonly availableAt: number;
  /** Of mode `event`: book updates, and no lots and no notional. */
  readonly trades: number;
  readonly lots: bigint;
  /** Price times quantity in units of 1e-16. */
  readonly notional: bigint;
  /** The size that it was cut with: lots, or trades in mode `count`, or updates in mode `event`. */
  readonly size: bigint;
  readonly trigger: CutTrigger;
}

/** The bucket that is still open: what has been added to it so far. */
export interface OpenBucket {
  readonly start: number;
  readonly lots: bigint;
  readonly notional: bigint;
  readonly trades: number;
  /** The latest `available_at` of its trades. */
  readonly availableAt: number;
  /** When its time is over, as the cutter that cuts it knows; a state that was read back does not say. */
  readonly dueAt?: number;
}

/** What mode `quality` remembers of a closed bucket, to tell how fast the market trades. */
export type PastBucket = Pick<ClosedBucket, "start" | "end" | "lots">;

/**
 * All that a restart needs, besides the trades at or after the watermark. Plain values.
 * `watermark`: every trade below it is in a closed bucket or in `open`, and none at or above it is; null before the first.
 */
export interface CutterState {
  readonly lastId: number;
  readonly lastEnd: number | null;
  readonly lastAvailableAt: number | null;
  readonly watermark: number | null;
  readonly open: OpenBucket | null;
  /** The last closed buckets in order, as many as an adaptive time cap looks at; none where there is no such cap. */
  readonly past: readonly PastBucket[];
}

/** The state of an instrument that was never cut. */
export const initialState: CutterState = {
  lastId: 0,
  lastEnd: null,
  lastAvailableAt: null,
  watermark: null,
  open: null,
  past: [],
};

/** Volume-weighted average price; null for a bucket whose trades have no quantity. */
export function vwapOf(bucket: Pick<ClosedBucket, "lots" | "notional">): number | null {
  return bucket.lots === 0n ? null : Number(bucket.notional) / Number(bucket.lots) / 1e8;
}
