/** Runs inserts over many buckets: none too large for one block, and no failing instrument in the way of another. */
import { FeatureError } from "../../errors.js";
import { type InstrumentKey, instrumentName } from "../../spec/model.js";
import { type Batch, type InsertLimits, type PendingBucket, packBatches, splitByRange } from "./batches.js";
import { fitBooks } from "./book-rows.js";
import type { ClockContext } from "./clock-context.js";

/** An instrument that stopped: its buckets from `bucket` on are stored, but not computed. */
export interface CloseFailure {
  readonly instrument: InstrumentKey;
  readonly bucket: number;
  readonly error: FeatureError;
}

/** Instruments that stopped, by name. */
export type Stopped = Map<string, CloseFailure>;

/**
 * Calls `run` with batches of `buckets` (each instrument's in order of id). A batch that the engine refuses is tried again
 * one range at a time: an instrument that is refused on its own is added to `stopped`, and left out from then on.
 */
export async function runBatches(
  context: ClockContext,
  buckets: readonly PendingBucket[],
  limits: InsertLimits,
  stopped: Stopped,
  run: (batch: Batch) => Promise<void>,
): Promise<void> {
  for (const packed of packBatches(buckets, limits)) {
    const queue = await fitBooks(context, packed, buckets, limits.bookRows);
    for (let batch = queue.shift(); batch !== undefined; batch = queue.shift()) {
      const alive = without(batch, buckets, stopped);
      if (alive === undefined) continue;
      try {
        await run(alive);
      } catch (error) {
        if (!(error instanceof FeatureError) || error.code !== "FS_ENGINE_QUERY") throw error;
        const [range] = alive.ranges;
        if (alive.ranges.length > 1) queue.unshift(...splitByRange(alive, buckets));
        else if (range !== undefined) {
          const failure = { instrument: range.instrument, bucket: range.from, error };
          stopped.set(instrumentName(range.instrument), failure);
        }
      }
    }
  }
}

function without(
  batch: Batch,
  buckets: readonly PendingBucket[],
  stopped: ReadonlyMap<string, CloseFailure>,
): Batch | undefined {
  if (!batch.ranges.some((range) => stopped.has(instrumentName(range.instrument)))) return batch;
  const alive = splitByRange(batch, buckets).filter(
    ({ ranges }) => !ranges.some((range) => stopped.has(instrumentName(range.instrument))),
  );
  const [first] = alive;
  if (first === undefined) return undefined;
  return {
    ranges: alive.flatMap((item) => item.ranges),
    buckets: alive.reduce((sum, item) => sum + item.buckets, 0),
    trades: alive.reduce((sum, item) => sum + item.trades, 0),
    start: Math.min(...alive.map((item) => item.start)),
    end: Math.max(...alive.map((item) => item.end)),
  };
}
