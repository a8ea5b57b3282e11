/**
 * Recomputes buckets whose raw rows were stored after they were closed, so that the result is that of the other order.
 * The intents were stored before the rows; they are marked done when every level has been recomputed.
 */
import { noReach, type Path, paths } from "../../compile/catalog.js";
import { quoteName } from "../../schema/quote.js";
import { instrumentName } from "../../spec/model.js";
import { sqlTemplate } from "../../sql-template.js";
import type { BucketRange, InsertLimits } from "./batches.js";
import {
  type ClockContext,
  featuresTable,
  type InstrumentRow,
  instrumentOf,
  instrumentParams,
} from "./clock-context.js";
import { markDone, openIntents } from "./dirty-intents.js";
import { readFeed } from "./feed.js";
import type { LeaseBook } from "./lease-book.js";
import { bucketsOf } from "./pending.js";
import { runBatches, type Stopped } from "./run-batches.js";
import { triggerLevel } from "./trigger.js";
import { wholeRanges } from "./whole-ranges.js";

const template = sqlTemplate(import.meta.url, "dirty-ranges");
const lastWithin = sqlTemplate(import.meta.url, "last-within");

export interface Replayed {
  /** Buckets of level 0 that were recomputed. */
  readonly recomputed: number;
  /** Those that stay as they are: raw rows that they read are no longer stored, and without them their values would become wrong. */
  readonly notRecomputable: number;
}

/** An instrument that fails is added to `stopped`; its intents stay open. */
export async function replayDirty(
  context: ClockContext,
  leases: LeaseBook,
  limits: InsertLimits,
  stopped: Stopped,
  onBuckets: (buckets: number) => void,
  onComputed: (ranges: readonly BucketRange[]) => void,
): Promise<Replayed> {
  const open = await openIntents(context);
  if (open.length === 0) return { recomputed: 0, notRecomputable: 0 };
  const reachMs = (await readFeed(context)).reach[0]?.ms ?? 0;
  const whole = await wholeRanges(context, await dirtyRanges(context, reachMs), reachMs);
  let dirty = [...whole.ranges];
  let replayed = 0;
  for (let level = 0; dirty.length > 0; level++) {
    // Asked for again at each level: one that came meanwhile was filled from rows that are computed again here.
    const { levels, reach } = await readFeed(context);
    if (level >= reach.length) break;
    // What a level reads may reach back: everything within reach of what the level below has changed changes with it.
    if (level > 0) {
      const { buckets, ms } = reach[level] ?? noReach;
      dirty = widen(inOrder([...widen(dirty, buckets), ...(await widenInTime(context, dirty, ms))]), 0);
    }
    // Only level 0 reads books.
    const ofLevel = level === 0 ? limits : { ...limits, bookRows: Number.POSITIVE_INFINITY };
    const counted = levels.hot.length > 0 ? "hot" : "lazy";
    for (const path of paths) {
      const table = levels[path][level];
      if (table === undefined) continue;
      const buckets = await bucketsOf(context, await upToClosed(context, path, dirty));
      await runBatches(context, buckets, ofLevel, stopped, async (batch) => {
        await triggerLevel(context, table, batch.buckets, await leases.nextVersions(batch.ranges));
        if (path === "hot" && level === levels.hot.length - 1) onComputed(batch.ranges);
        if (path !== counted || level > 0) return;
        replayed += batch.buckets.length;
        onBuckets(batch.buckets.length);
      });
    }
  }
  await markDone(
    context,
    open.filter(({ instrument }) => !stopped.has(instrumentName(instrument))),
  );
  return { recomputed: replayed, notRecomputable: whole.leftOut };
}

async function dirtyRanges(context: ClockContext, reachMs: number): Promise<BucketRange[]> {
  const sql = template({
    buckets: quoteName(context.compiled.buckets),
    dirty: featuresTable(context, "dirty"),
    closes: featuresTable(context, "closes"),
  });
  const rows = await context.engine.rows<InstrumentRow & { first: string; last: string }>(sql, {
    params: {
      clock: context.clock.name,
      reach: Math.max(context.clock.bookGapMs, reachMs),
    },
  });
  return rows.map((row) => ({
    instrument: instrumentOf(row),
    from: Number(row.first),
    to: Number(row.last),
  }));
}

/** Ranges that reach to every bucket that ends less than `ms` after their last one. */
async function widenInTime(
  context: ClockContext,
  ranges: readonly BucketRange[],
  ms: number,
): Promise<BucketRange[]> {
  if (ms === 0) return [...ranges];
  const result: BucketRange[] = [];
  for (const range of ranges) {
    const [row] = await context.engine.rows<{ last: string }>(
      lastWithin({ buckets: quoteName(context.compiled.buckets) }),
      { params: { ...instrumentParams(range.instrument), to: range.to, ms } },
    );
    result.push({ ...range, to: Math.max(range.to, Number(row?.last ?? 0)) });
  }
  return result;
}

function inOrder(ranges: readonly BucketRange[]): BucketRange[] {
  return [...ranges].sort((a, b) => {
    const [one, other] = [instrumentName(a.instrument), instrumentName(b.instrument)];
    return one === other ? a.from - b.from : one < other ? -1 : 1;
  });
}

/** Ranges that reach `reach` buckets further, merged where they meet. In order of instrument and id. */
export function widen(ranges: readonly BucketRange[], reach: number): BucketRange[] {
  const result: BucketRange[] = [];
  for (const range of ranges) {
    const last = result.at(-1);
    const to = range.to + reach;
    const touches =
      last !== undefined &&
      instrumentName(last.instrument) === instrumentName(range.instrument) &&
      range.from <= last.to + 1;
    if (touches) result[result.length - 1] = { ...last, to: Math.max(last.to, to) };
    else result.push({ ...range, to });
  }
  return result;
}

/** Buckets that were never closed are computed when they are, not here. */
async function upToClosed(
  context: ClockContext,
  path: Path,
  ranges: readonly BucketRange[],
): Promise<BucketRange[]> {
  const rows = await context.engine.rows<InstrumentRow & { closed: string }>(
    `SELECT exchange, market_type, symbol, toString(max(bucket_id)) AS closed
     FROM ${featuresTable(context, "closes")}
     WHERE clock = {clock:String} AND path = {path:String}
     GROUP BY exchange, market_type, symbol`,
    { params: { clock: context.clock.name, path } },
  );
  const closed = new Map(rows.map((row) => [instrumentName(instrumentOf(row)), Number(row.closed)]));
  return ranges
    .map((range) => ({ ...range, to: Math.min(range.to, closed.get(instrumentName(range.instrument)) ?? 0) }))
    .filter((range) => range.from <= range.to);
}
