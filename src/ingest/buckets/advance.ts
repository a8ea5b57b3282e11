/** Brings a clock up to its trades: cuts what is not cut, closes what is not closed. */
import { type InstrumentKey, instrumentName } from "../../spec/model.js";
import type { AdvanceProgress } from "./advance-progress.js";
import { type BucketRange, defaultLimits, type InsertLimits, type PendingBucket } from "./batches.js";
import { checkExpectations, type ViewBreach } from "./check-expectations.js";
import { type ClockContext, featuresTable, type InstrumentRow, instrumentOf } from "./clock-context.js";
import { type Asked, askAhead, closeBatches } from "./close-batches.js";
import { type CutTotals, cutInstruments } from "./cut-instruments.js";
import { cuttableInstruments } from "./cuttable-instruments.js";
import { type LeaseBook, leaseBook } from "./lease-book.js";
import { pendingBuckets } from "./pending.js";
import { type Replayed, replayDirty } from "./replay-dirty.js";
import type { CloseFailure, Stopped } from "./run-batches.js";

export interface AdvanceResult extends CutTotals {
  readonly bucketsClosed: number;
  /** Closed before, computed again because rows were stored after their close. */
  readonly bucketsRecomputed: number;
  /** Closed before, and to be computed again, but raw rows that they read are past their retention: they are as they were. */
  readonly bucketsNotRecomputable: number;
  /** What is not as views expect, in buckets that are complete on all paths since this call. */
  readonly breaches: readonly ViewBreach[];
  /** Instruments whose buckets could not be computed; the next run tries again. */
  readonly failures: readonly CloseFailure[];
}

/**
 * What calls that follow each other in one process need not find out again: leases are taken once, and nothing is looked for that a
 * crash or another writer might have left, once it was looked for.
 */
export interface AdvanceSession {
  readonly leases: LeaseBook;
  /** Whether the last call left nothing to do. */
  isSettled: boolean;
  /** Whether buckets may wait for the lazy path. */
  hasLazy: boolean;
  /** Closed, but not yet looked at for what views expect. */
  unchecked: PendingBucket[];
  /** Whether rows that are stored between the calls may change closed buckets. */
  readonly mayBeDirty: boolean;
}

/** `held`: the leases of another clock's session that runs beside this one. */
export function advanceSession(
  context: ClockContext,
  mayBeDirty = true,
  held?: Pick<LeaseBook, "of">,
): AdvanceSession {
  return { leases: leaseBook(context, held), isSettled: false, hasLazy: true, unchecked: [], mayBeDirty };
}

export interface AdvanceOptions {
  readonly session?: AdvanceSession;
  /** Up to where an instrument's trades are all there (epoch ms); undefined: its last trade. */
  readonly watermark?: (instrument: InstrumentKey) => number | undefined;
  readonly instruments?: readonly InstrumentKey[];
  readonly onProgress?: (progress: AdvanceProgress) => void;
  /** What goes into one insert; values do not depend on it. */
  readonly limits?: InsertLimits;
  /** False: what no vector needs waits for a later call, which then computes many buckets at a time. */
  readonly lazily?: boolean;
  /** Called when all hot levels of some buckets are written, for the first time or again. */
  readonly onComputed?: (ranges: readonly BucketRange[]) => void;
}

/**
 * Recomputes dirty buckets, cuts every instrument that has trades behind its watermark (or only `instruments`), and closes
 * every stored bucket that is not complete, whoever left it.
 */
export async function advance(context: ClockContext, options: AdvanceOptions = {}): Promise<AdvanceResult> {
  const { onProgress: progress = () => {}, limits = defaultLimits, onComputed = () => {} } = options;
  const session = options.session ?? advanceSession(context);
  const { leases } = session;
  const stopped: Stopped = new Map();
  const isFirst = !session.isSettled;
  const { recomputed, notRecomputable }: Replayed =
    isFirst || session.mayBeDirty
      ? await replayDirty(
          context,
          leases,
          limits,
          stopped,
          (done) => progress({ stage: "recompute", done }),
          onComputed,
        )
      : { recomputed: 0, notRecomputable: 0 };
  const instruments = await instrumentsOf(context, options.instruments, isFirst);
  let asked: Asked | undefined;
  const { buckets, ...cut } = await cutInstruments(
    context,
    leases,
    instruments,
    progress,
    options.watermark,
    // What closing has to ask is asked while buckets are stored; it asks again what hangs on them before it calls anything complete.
    (stored) => {
      // Of a first call these are not all that wait.
      asked = askAhead(context, isFirst ? [] : stored, limits);
    },
  );
  // Where nothing waited before, what was cut just now is all that waits.
  const pending = isFirst ? await pendingBuckets(context, "hot") : buckets;
  const bucketsClosed = await closeBatches(
    context,
    leases,
    "hot",
    pending,
    limits,
    stopped,
    (done) => progress({ stage: "close", done }),
    onComputed,
    asked,
  );
  session.hasLazy ||= bucketsClosed > 0;
  for (const bucket of pending) session.unchecked.push(bucket);
  let breaches: readonly ViewBreach[] = [];
  if (session.hasLazy && options.lazily !== false) {
    await closeBatches(
      context,
      leases,
      "lazy",
      await pendingBuckets(context, "lazy"),
      limits,
      stopped,
      (done) => progress({ stage: "lazy", done }),
      () => {},
    );
    session.hasLazy = stopped.size > 0;
    breaches = await checkExpectations(context, session.unchecked);
    session.unchecked = [];
  }
  session.isSettled = stopped.size === 0;
  return {
    ...cut,
    bucketsClosed,
    bucketsRecomputed: recomputed,
    bucketsNotRecomputable: notRecomputable,
    breaches,
    failures: [...stopped.values()],
  };
}

function instrumentsOf(
  context: ClockContext,
  asked: readonly InstrumentKey[] | undefined,
  isFirst: boolean,
): Promise<readonly InstrumentKey[]> {
  if (asked === undefined) return cuttableInstruments(context);
  return isFirst ? withInterrupted(context, asked) : Promise.resolve(asked);
}

/** Those asked for, and those that were to be cut anew when a crash came in between: their old buckets are gone. */
async function withInterrupted(
  context: ClockContext,
  asked: readonly InstrumentKey[],
): Promise<InstrumentKey[]> {
  const rows = await context.engine.rows<InstrumentRow>(
    `SELECT exchange, market_type, symbol FROM ${featuresTable(context, "bucket_state")} FINAL
     WHERE clock = {clock:String} AND isNull(watermark)
     ORDER BY exchange, market_type, symbol`,
    { params: { clock: context.clock.name } },
  );
  const names = new Set(asked.map(instrumentName));
  return [...asked, ...rows.map(instrumentOf).filter((instrument) => !names.has(instrumentName(instrument)))];
}
