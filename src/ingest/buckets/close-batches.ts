/** Closes stored buckets: every level of a batch in order, then the record that its buckets are complete. */
import { sourceRelation } from "../../compile/source-relation.js";
import { FeatureError } from "../../errors.js";
import { type InstrumentKey, instrumentName } from "../../spec/model.js";
import {
  type Batch,
  type BatchLimits,
  type PendingBucket,
  packBatches,
  splitBatch,
  splitByRange,
} from "./batches.js";
import type { ClockContext } from "./clock-context.js";
import type { LeaseBook } from "./lease-book.js";
import { recordCloses, triggerLevel } from "./trigger.js";

/** An instrument that stopped: its buckets from `bucket` on are stored, but not computed. */
export interface CloseFailure {
  readonly instrument: InstrumentKey;
  readonly bucket: number;
  readonly error: FeatureError;
}

export interface CloseResult {
  readonly closed: number;
  readonly failures: readonly CloseFailure[];
}

/** How many book rows may go through one insert: with 25 levels a side they are the widest rows there are. */
const bookRowLimit = 250_000;

/**
 * Closes `pending` (each instrument's buckets in order of id, without gaps). A batch that fails is tried again one instrument
 * at a time: only the failing instrument stops, and is returned as a failure.
 */
export async function closeBatches(
  context: ClockContext,
  leases: LeaseBook,
  pending: readonly PendingBucket[],
  limits: BatchLimits,
  onClosed: (buckets: number) => void,
): Promise<CloseResult> {
  const stopped = new Map<string, CloseFailure>();
  let closed = 0;
  const queue = packBatches(pending, limits);
  for (let batch = queue.shift(); batch !== undefined; batch = queue.shift()) {
    const alive = without(batch, pending, stopped);
    if (alive === undefined) continue;
    if (alive.buckets > 1 && (await bookRows(context, alive)) > bookRowLimit) {
      queue.unshift(...splitBatch(alive, pending));
      continue;
    }
    try {
      await closeBatch(context, leases, alive);
      closed += alive.buckets;
      onClosed(alive.buckets);
    } catch (error) {
      if (!(error instanceof FeatureError) || error.code !== "FS_ENGINE_QUERY") throw error;
      const [range] = alive.ranges;
      if (alive.ranges.length > 1) queue.unshift(...splitByRange(alive, pending));
      else if (range !== undefined) {
        const failure = { instrument: range.instrument, bucket: range.from, error };
        stopped.set(instrumentName(range.instrument), failure);
      }
    }
  }
  return { closed, failures: [...stopped.values()] };
}

async function closeBatch(context: ClockContext, leases: LeaseBook, batch: Batch): Promise<void> {
  const versions: bigint[] = [];
  for (const range of batch.ranges) versions.push((await leases.of(range.instrument)).nextVersion());
  for (let level = 0; level < context.compiled.close.hot.length; level++) {
    await triggerLevel(context, level, batch.ranges, versions);
  }
  await recordCloses(context, batch.ranges, versions);
}

function without(
  batch: Batch,
  pending: readonly PendingBucket[],
  stopped: ReadonlyMap<string, CloseFailure>,
): Batch | undefined {
  if (!batch.ranges.some((range) => stopped.has(instrumentName(range.instrument)))) return batch;
  const alive = splitByRange(batch, pending).filter(
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

async function bookRows(context: ClockContext, batch: Batch): Promise<number> {
  if (!context.objects.some((object) => object.name === `${context.clock.name}.books`)) return 0;
  const list = (of: (key: InstrumentKey) => string): string[] => [
    ...new Set(batch.ranges.map((range) => of(range.instrument))),
  ];
  const columns = ["exchange", "market_type", "symbol", "timestamp"];
  const relation = sourceRelation(context.project, "orderbooks", columns).replace(/ FINAL$/, "");
  const [row] = await context.engine.rows<{ rows: string }>(
    `SELECT toString(count()) AS rows FROM ${relation}
     WHERE exchange IN {exchanges:Array(String)} AND market_type IN {markets:Array(String)} AND symbol IN {symbols:Array(String)}
       AND timestamp >= fromUnixTimestamp64Milli({start:Int64}, 'UTC') AND timestamp < fromUnixTimestamp64Milli({end:Int64}, 'UTC')`,
    {
      params: {
        exchanges: list((key) => key.exchange),
        markets: list((key) => key.marketType),
        symbols: list((key) => key.symbol),
        start: batch.start - context.clock.bookGapMs,
        end: batch.end,
      },
    },
  );
  return Number(row?.rows ?? 0);
}
