import { type InstrumentKey, instrumentName } from "../../spec/model.js";
import type { AdvanceProgress } from "./advance-progress.js";
import type { PendingBucket } from "./batches.js";
import type { ClockContext } from "./clock-context.js";
import { cutInstrument } from "./cut.js";
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

/** Cuts what each instrument has stored behind its watermark. The buckets are stored, and wait to be closed. */
export async function cutInstruments(
  context: ClockContext,
  leases: LeaseBook,
  instruments: readonly InstrumentKey[],
  onProgress: (progress: AdvanceProgress) => void,
  watermark: (instrument: InstrumentKey) => number | undefined = () => undefined,
): Promise<CutBuckets> {
  const withoutSize: string[] = [];
  let trades = 0;
  const buckets: PendingBucket[] = [];
  for (const instrument of instruments) {
    const name = instrumentName(instrument);
    const result = await cutInstrument(
      context,
      leases,
      instrument,
      (done) => onProgress({ stage: "cut", done, instrument: name }),
      watermark(instrument),
    );
    trades += result.trades;
    for (const bucket of result.buckets) buckets.push(bucket);
    if (!result.hasSize) withoutSize.push(name);
  }
  return { trades, bucketsCut: buckets.length, buckets, withoutSize };
}
