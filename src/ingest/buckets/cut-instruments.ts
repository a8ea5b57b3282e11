import type { TradeBatch } from "../../clock/trade-batch.js";
import { Queue } from "../../engine/queue.js";
import { FeatureError } from "../../errors.js";
import { type InstrumentKey, instrumentName } from "../../spec/model.js";
import type { AdvanceProgress } from "./advance-progress.js";
import type { PendingBucket } from "./batches.js";
import type { ClockContext } from "./clock-context.js";
import { cutInstrument, storedState } from "./cut.js";
import { cutPeriods } from "./cut-periods.js";
import type { CutResult } from "./cut-result.js";
import { CutShelf } from "./cut-shelf.js";
import type { StoredState } from "./cutter-state.js";
import type { LeaseBook } from "./lease-book.js";
import { readGroups, readGroupsOfMany } from "./read-groups.js";
import { runsOf } from "./runs-of.js";

export interface CutTotals {
  /** Trades that were cut. */
  readonly trades: number;
  readonly bucketsCut: number;
  /** Instruments that have trades but no size. */
  readonly withoutSize: readonly string[];
}

export interface CutBuckets extends CutTotals {
  /** Stored, in order of instrument and id. */
  readonly buckets: readonly PendingBucket[];
}

/** A small machine's cores: an instrument's trades are read while another's are cut. */
const atOnce = 2;

/** What a run needs for each instrument. */
interface Cutting {
  readonly context: ClockContext;
  readonly leases: LeaseBook;
  readonly shelf: CutShelf;
  readonly onProgress: (progress: AdvanceProgress) => void;
}

/**
 * Cuts what each instrument has stored behind its watermark. The buckets are stored, and wait to be closed.
 * @param onStore called with all of them when the last are about to be stored
 */
export async function cutInstruments(
  context: ClockContext,
  leases: LeaseBook,
  instruments: readonly InstrumentKey[],
  onProgress: (progress: AdvanceProgress) => void,
  watermark?: (instrument: InstrumentKey) => number | undefined,
  onStore: (buckets: readonly PendingBucket[]) => void = () => {},
): Promise<CutBuckets> {
  const shelf = new CutShelf(context, leases);
  const cutting = { context, leases, shelf, onProgress };
  // Who knows how far trades are complete cuts every few seconds, and finds little of each instrument.
  const results =
    watermark !== undefined && context.clock.mode !== "time" && instruments.length > 1
      ? await cutTogether(cutting, instruments, watermark)
      : await cutEach(cutting, instruments, watermark);
  const buckets = results.flatMap((result) => result.buckets);
  if (buckets.length > 0) onStore(buckets);
  await shelf.store();
  return {
    trades: results.reduce((sum, { trades }) => sum + trades, 0),
    bucketsCut: results.reduce((sum, { buckets }) => sum + buckets.length, 0),
    buckets,
    withoutSize: instruments.filter((_, index) => results[index]?.hasSize === false).map(instrumentName),
  };
}

/** A statement for each instrument. */
async function cutEach(
  { context, leases, shelf, onProgress }: Cutting,
  instruments: readonly InstrumentKey[],
  watermarkOf: (instrument: InstrumentKey) => number | undefined = () => undefined,
): Promise<CutResult[]> {
  const turns = new Queue(atOnce);
  const cut = async (instrument: InstrumentKey): Promise<CutResult> => {
    const watermark = watermarkOf(instrument);
    const onTrades = progressOf(instrument, onProgress);
    if (context.clock.mode === "time") {
      const result = await cutPeriods(context, leases, shelf, instrument, watermark);
      onTrades(result.trades);
      return result;
    }
    const stored = await storedState(context, leases, instrument);
    const batches = readGroups(context, instrument, stored.state.watermark ?? 0);
    return cutInstrument(context, leases, shelf, { instrument, stored, batches, watermark }, onTrades);
  };
  // All of them end before one that failed is heard: nothing goes on behind the caller's back.
  const ended = await Promise.allSettled(instruments.map((instrument) => turns.run(() => cut(instrument))));
  return ended.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}

/** One statement for all: for a bucket or none of each, planning it takes longer than reading. */
async function cutTogether(
  { context, leases, shelf, onProgress }: Cutting,
  instruments: readonly InstrumentKey[],
  watermarkOf: (instrument: InstrumentKey) => number | undefined,
): Promise<CutResult[]> {
  const wanted: { readonly instrument: InstrumentKey; readonly stored: StoredState }[] = [];
  for (const instrument of instruments) {
    wanted.push({ instrument, stored: await storedState(context, leases, instrument) });
  }
  const results: CutResult[] = [];
  const cut = async (index: number, batches: AsyncIterable<TradeBatch>): Promise<void> => {
    const own = wanted[index];
    if (own === undefined) throw new FeatureError("FS_INTERNAL", `there is no instrument ${index}`);
    const cuttable = { ...own, batches, watermark: watermarkOf(own.instrument) };
    const onTrades = progressOf(own.instrument, onProgress);
    results[index] = await cutInstrument(context, leases, shelf, cuttable, onTrades);
  };
  const froms = wanted.map(({ instrument, stored }) => ({ instrument, from: stored.state.watermark ?? 0 }));
  for await (const { index, batches } of runsOf(readGroupsOfMany(context, froms))) await cut(index, batches);
  for (const index of wanted.keys()) if (results[index] === undefined) await cut(index, runless());
  return results;
}

/** Nothing was traded. */
async function* runless(): AsyncIterable<TradeBatch> {}

function progressOf(
  instrument: InstrumentKey,
  onProgress: (progress: AdvanceProgress) => void,
): (done: number) => void {
  const name = instrumentName(instrument);
  return (done) => onProgress({ stage: "cut", done, instrument: name });
}
