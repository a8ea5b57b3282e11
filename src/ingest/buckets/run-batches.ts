/** Runs inserts over many buckets: none too large for one block, and no failing instrument in the way of another. */
import { FeatureError } from "../../errors.js";
import { type InstrumentKey, instrumentName } from "../../spec/model.js";
import {
  type Batch,
  batchOf,
  type InsertLimits,
  type PendingBucket,
  packBatches,
  splitByInstrument,
} from "./batches.js";
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
 * one instrument at a time: an instrument that is refused on its own is added to `stopped`, and left out from then on.
 * @param first the first batch, fitted, where the caller has asked for it
 */
export async function runBatches(
  context: ClockContext,
  buckets: readonly PendingBucket[],
  limits: InsertLimits,
  stopped: Stopped,
  run: (batch: Batch) => Promise<void>,
  first?: Promise<Batch[]>,
): Promise<void> {
  for (const [index, packed] of packBatches(buckets, limits).entries()) {
    const fitted = index === 0 ? first : undefined;
    const queue = await (fitted ?? fitBooks(context, packed, limits.bookRows));
    for (let batch = queue.shift(); batch !== undefined; batch = queue.shift()) {
      const alive = without(batch, stopped);
      if (alive === undefined) continue;
      try {
        await run(alive);
      } catch (error) {
        if (!(error instanceof FeatureError) || error.code !== "FS_ENGINE_QUERY") throw error;
        const [range] = alive.ranges;
        const instruments = splitByInstrument(alive);
        if (instruments.length > 1) queue.unshift(...instruments);
        else if (range !== undefined) {
          const failure = { instrument: range.instrument, bucket: range.from, error };
          stopped.set(instrumentName(range.instrument), failure);
        }
      }
    }
  }
}

function without(batch: Batch, stopped: ReadonlyMap<string, CloseFailure>): Batch | undefined {
  if (stopped.size === 0) return batch;
  const isAlive = ({ instrument }: PendingBucket): boolean => !stopped.has(instrumentName(instrument));
  const alive = batch.buckets.filter(isAlive);
  if (alive.length === batch.buckets.length) return batch;
  return alive.length === 0 ? undefined : batchOf(alive);
}
