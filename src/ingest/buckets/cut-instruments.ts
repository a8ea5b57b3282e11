import { Queue } from "../../engine/queue.js";
import { type InstrumentKey, instrumentName } from "../../spec/model.js";
import type { AdvanceProgress } from "./advance-progress.js";
import type { PendingBucket } from "./batches.js";
import type { ClockContext } from "./clock-context.js";
import { cutInstrument } from "./cut.js";
import { CutShelf } from "./cut-shelf.js";
import type { LeaseBook } from "./lease-book.js";

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

/** Cuts what each instrument has stored behind its watermark. The buckets are stored, and wait to be closed. */
export async function cutInstruments(
  context: ClockContext,
  leases: LeaseBook,
  instruments: readonly InstrumentKey[],
  onProgress: (progress: AdvanceProgress) => void,
  watermark: (instrument: InstrumentKey) => number | undefined = () => undefined,
): Promise<CutBuckets> {
  const shelf = new CutShelf(context, leases);
  const turns = new Queue(atOnce);
  const cut = async (instrument: InstrumentKey) => {
    const name = instrumentName(instrument);
    const onTrades = (done: number) => onProgress({ stage: "cut", done, instrument: name });
    return {
      name,
      ...(await cutInstrument(context, leases, shelf, instrument, onTrades, watermark(instrument))),
    };
  };
  // All of them end before one that failed is heard: nothing goes on behind the caller's back.
  const ended = await Promise.allSettled(instruments.map((instrument) => turns.run(() => cut(instrument))));
  const results = ended.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
  await shelf.store();
  return {
    trades: results.reduce((sum, { trades }) => sum + trades, 0),
    bucketsCut: results.reduce((sum, { buckets }) => sum + buckets.length, 0),
    buckets: results.flatMap(({ buckets }) => buckets),
    withoutSize: results.filter(({ hasSize }) => !hasSize).map(({ name }) => name),
  };
}
