/** Closes stored buckets on a path: every level of a batch in order, then the record that its buckets are complete. */
import { type Path, paths } from "../../compile/catalog.js";
import {
  type Batch,
  type BucketRange,
  type InsertLimits,
  type PendingBucket,
  packBatches,
} from "./batches.js";
import { fitBooks } from "./book-rows.js";
import type { ClockContext } from "./clock-context.js";
import { type Feed, readFeed } from "./feed.js";
import type { LeaseBook } from "./lease-book.js";
import { runBatches, type Stopped } from "./run-batches.js";
import { recordCloses, triggerLevel } from "./trigger.js";

/** What closing some buckets asks before its first insert. */
export interface Asked {
  /** What hangs on their closes. */
  readonly feed: Promise<Feed>;
  /** The first of their batches, fitted; undefined without buckets. */
  readonly first: Promise<Batch[]> | undefined;
}

/** Asks before `pending` is closed, beside something else that takes its time. */
export function askAhead(
  context: ClockContext,
  pending: readonly PendingBucket[],
  limits: InsertLimits,
): Asked {
  const feed = readFeed(context);
  const [packed] = packBatches(pending, limits);
  const first = packed === undefined ? undefined : fitBooks(context, packed, limits.bookRows, feed);
  // Heard where they are waited for, if what goes on beside does not fail first.
  feed.catch(() => {});
  first?.catch(() => {});
  return { feed, first };
}

/**
 * Closes `pending` (each instrument's buckets in order of id, without gaps) on a path, and returns how many. Instruments in
 * `stopped` are left out; those that fail are added to it. `asked`: what `askAhead` was told of the same buckets.
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
  asked?: Asked,
): Promise<number> {
  if (pending.length === 0) return 0;
  let closed = 0;
  let feed = await (asked?.feed ?? readFeed(context));
  const close = async ({ ranges, buckets }: Batch): Promise<void> => {
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
  };
  await runBatches(context, pending, limits, stopped, close, asked?.first);
  return closed;
}
