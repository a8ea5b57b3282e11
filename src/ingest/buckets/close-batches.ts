/** Closes stored buckets: every level of a batch in order, then the record that its buckets are complete. */
import type { BucketRange, InsertLimits, PendingBucket } from "./batches.js";
import type { ClockContext } from "./clock-context.js";
import { readFeed } from "./feed.js";
import type { LeaseBook } from "./lease-book.js";
import { runBatches, type Stopped } from "./run-batches.js";
import { recordCloses, triggerLevel } from "./trigger.js";

/**
 * Closes `pending` (each instrument's buckets in order of id, without gaps), and returns how many. Instruments in `stopped`
 * are left out; those that fail are added to it.
 */
export async function closeBatches(
  context: ClockContext,
  leases: LeaseBook,
  pending: readonly PendingBucket[],
  limits: InsertLimits,
  stopped: Stopped,
  onClosed: (buckets: number) => void,
  onComputed: (ranges: readonly BucketRange[]) => void,
): Promise<number> {
  let closed = 0;
  let feed = await readFeed(context);
  await runBatches(context, pending, limits, stopped, async ({ ranges, buckets }) => {
    const versions = await leases.nextVersions(ranges);
    for (let level = 0; ; level++) {
      // A level that came while this batch was at work takes its buckets too, before they count as complete.
      if (level === feed.levels.length) feed = await readFeed(context);
      const table = feed.levels[level];
      if (table === undefined) break;
      await triggerLevel(context, table, ranges, versions);
    }
    // Every level is written, so the rows can be read; a crash before the record only computes them again.
    onComputed(ranges);
    await recordCloses(context, ranges, versions);
    closed += buckets;
    onClosed(buckets);
  });
  return closed;
}
