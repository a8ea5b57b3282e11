/** Closes stored buckets on a path: every level of a batch in order, then the record that its buckets are complete. */
import { type Path, paths } from "../../compile/catalog.js";
import type { BucketRange, InsertLimits, PendingBucket } from "./batches.js";
import type { ClockContext } from "./clock-context.js";
import { type Feed, readFeed } from "./feed.js";
import type { LeaseBook } from "./lease-book.js";
import { runBatches, type Stopped } from "./run-batches.js";
import { recordCloses, triggerLevel } from "./trigger.js";

/**
 * Closes `pending` (each instrument's buckets in order of id, without gaps) on a path, and returns how many. Instruments in
 * `stopped` are left out; those that fail are added to it. `asked`: what hangs on closes, where the caller has asked for it.
 */
export async function closeBatches(
  context: ClockContext,
  leases: LeaseBook,
  path: Path,
  pending: readonly PendingBucket[],
  limits: InsertLimits,
  stopped: Stopped,
  onClosed: (buckets: number) => void,
  onComputed: (ranges: readonly BucketRange[]) => void,
  asked?: Promise<Feed>,
): Promise<number> {
  if (pending.length === 0) return 0;
  let closed = 0;
  let feed = await (asked ?? readFeed(context));
  await runBatches(context, pending, limits, stopped, async ({ ranges, buckets }) => {
    const versions = await leases.nextVersions(ranges);
    for (let level = 0; ; level++) {
      // A level that came while this batch was at work takes its buckets too, before they count as complete.
      if (level === feed.levels[path].length) feed = await readFeed(context);
      const table = feed.levels[path][level];
      if (table === undefined) break;
      await triggerLevel(context, table, buckets, versions);
    }
    // Every level is written, so the rows can be read; a crash before the record only computes them again.
    onComputed(ranges);
    // Where nothing is lazy, nothing waits for that path.
    const complete = paths.filter((other) => other === path || feed.levels[other].length === 0);
    await recordCloses(context, complete, buckets, versions);
    closed += buckets.length;
    onClosed(buckets.length);
  });
  return closed;
}
