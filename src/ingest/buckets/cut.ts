/** Cuts one instrument: trades behind the watermark → closed buckets and the new state, stored as it goes. */
import type { ClosedBucket } from "../../clock/bucket.js";
import { type BucketLimits, type Cutter, createCutter } from "../../clock/cutter.js";
import type { TradeBatch } from "../../clock/trade-batch.js";
import { FeatureError } from "../../errors.js";
import { type InstrumentKey, instrumentName } from "../../spec/model.js";
import type { PendingBucket } from "./batches.js";
import { bucketLimits } from "./bucket-limits.js";
import type { ClockContext } from "./clock-context.js";
import { cutPeriods } from "./cut-periods.js";
import type { CutResult } from "./cut-result.js";
import { cutterParams } from "./cutter-params.js";
import { readCutterState, type StoredState, storeCutterState } from "./cutter-state.js";
import type { Lease } from "./lease.js";
import type { LeaseBook } from "./lease-book.js";
import { readGroups } from "./read-groups.js";
import { storeBuckets } from "./store-buckets.js";

/** Buckets that are held before they are stored, with the state behind them. */
const chunk = 20_000;

/**
 * Consumes every trade that is stored behind the watermark and not late. At the end the watermark is the last trade's
 * timestamp + 1 ms: the wall clock plays no part, and the bucket still open goes on with the next run. Or it is `watermark`, if that is
 * later: then the caller knows that no trade before it is to come, and a bucket whose time is over closes without another trade.
 */
export async function cutInstrument(
  context: ClockContext,
  leases: LeaseBook,
  instrument: InstrumentKey,
  onTrades: (trades: number) => void,
  watermark?: number,
): Promise<CutResult> {
  if (context.clock.mode === "time") {
    const result = await cutPeriods(context, leases, instrument, watermark);
    onTrades(result.trades);
    return result;
  }
  const name = instrumentName(instrument);
  const stored = leases.states.get(name) ?? (await readCutterState(context, instrument));
  // Known again once it is stored: a run that fails half-way leaves it to be read.
  leases.states.delete(name);
  let run: Run | undefined;
  for await (const batch of readGroups(context, instrument, stored.state.watermark ?? 0)) {
    run ??= await startRun(context, leases, instrument, stored, Number(batch.timestamp[0]));
    if (run === undefined) return { trades: 0, buckets: [], hasSize: false };
    onTrades(await run.consume(batch));
  }
  const { open } = stored.state;
  if (
    run === undefined &&
    watermark !== undefined &&
    open !== null &&
    open.start + context.clock.maxMs <= watermark
  )
    run = await startRun(context, leases, instrument, stored, watermark - 1);
  if (run === undefined) {
    leases.states.set(name, stored);
    return { trades: 0, buckets: [], hasSize: true };
  }
  const result = await run.finish(watermark);
  leases.states.set(name, run.state());
  return result;
}

interface Run {
  consume(batch: TradeBatch): Promise<number>;
  finish(watermark: number | undefined): Promise<CutResult>;
  /** As it was stored last. */
  state(): StoredState;
}

async function startRun(
  context: ClockContext,
  leases: LeaseBook,
  instrument: InstrumentKey,
  stored: StoredState,
  firstTimestamp: number,
): Promise<Run | undefined> {
  const found = await bucketLimits(context, instrument);
  if (found(stored.state.open?.start ?? firstTimestamp) === undefined) return undefined;
  const limitsAt = (start: number): BucketLimits => found(start) ?? noLimits(instrument);
  const cutter = createCutter({ ...cutterParams(context.clock), limitsAt }, stored.state);
  return new InstrumentRun(context, await leases.of(instrument), cutter, stored);
}

/** Once an instrument has a size it keeps having one. */
function noLimits(instrument: InstrumentKey): never {
  throw new FeatureError("FS_INTERNAL", `${instrumentName(instrument)} has lost its bucket size`);
}

class InstrumentRun implements Run {
  readonly #context: ClockContext;
  readonly #lease: Lease;
  readonly #cutter: Cutter;
  readonly #stored: StoredState;
  #waiting: ClosedBucket[] = [];
  #trades = 0;
  readonly #buckets: PendingBucket[] = [];
  #lastTimestamp = 0;

  constructor(context: ClockContext, lease: Lease, cutter: Cutter, stored: StoredState) {
    this.#context = context;
    this.#lease = lease;
    this.#cutter = cutter;
    this.#stored = stored;
  }

  async consume(batch: TradeBatch): Promise<number> {
    this.#cutter.consume(batch, (bucket) => this.#waiting.push(bucket));
    const trades = tradesIn(batch);
    this.#trades += trades;
    this.#lastTimestamp = Number(batch.timestamp[batch.length - 1]);
    if (this.#waiting.length >= chunk) await this.#store();
    return trades;
  }

  async finish(watermark = 0): Promise<CutResult> {
    this.#cutter.advance(Math.max(this.#lastTimestamp + 1, watermark), (bucket) =>
      this.#waiting.push(bucket),
    );
    await this.#store();
    return { trades: this.#trades, buckets: this.#buckets, hasSize: true };
  }

  state(): StoredState {
    return { state: this.#cutter.state(), cutVersion: this.#stored.cutVersion };
  }

  /** Buckets first: from then on everything can be repeated. A crash before the state is stored is seen by the next read. */
  async #store(): Promise<void> {
    const { instrument } = this.#lease;
    const buckets = this.#waiting;
    this.#waiting = [];
    await storeBuckets(this.#context, instrument, buckets, this.#lease.nextVersion());
    await storeCutterState(this.#context, instrument, this.state(), this.#lease.nextVersion());
    for (const { id, start, end, trades } of buckets)
      this.#buckets.push({ instrument, id, start, end, trades });
  }
}

function tradesIn(batch: TradeBatch): number {
  if (batch.count === undefined) return batch.length;
  let trades = 0;
  for (const count of batch.count) trades += Number(count);
  return trades;
}
