/** Cuts one instrument: trades behind the watermark → closed buckets and the new state, on the shelf. */
import type { ClosedBucket } from "../../clock/bucket.js";
import { type BucketLimits, type Cutter, createCutter } from "../../clock/cutter.js";
import type { TradeBatch } from "../../clock/trade-batch.js";
import { FeatureError } from "../../errors.js";
import { type InstrumentKey, instrumentName } from "../../spec/model.js";
import { type PendingBucket, pendingBucket } from "./batches.js";
import { bucketLimits } from "./bucket-limits.js";
import type { ClockContext } from "./clock-context.js";
import type { CutResult } from "./cut-result.js";
import type { CutShelf } from "./cut-shelf.js";
import { cutterParams } from "./cutter-params.js";
import { readCutterState, type StoredState } from "./cutter-state.js";
import type { Lease } from "./lease.js";
import type { LeaseBook } from "./lease-book.js";

/** Buckets of an instrument that are held before they are stored, with the state behind them. */
const chunk = 20_000;

/** An instrument's state, as this run or an earlier one has left it. */
export async function storedState(
  context: ClockContext,
  leases: LeaseBook,
  instrument: InstrumentKey,
): Promise<StoredState> {
  return leases.states.get(instrumentName(instrument)) ?? (await readCutterState(context, instrument));
}

/** What is cut of one instrument. */
export interface Cuttable {
  readonly instrument: InstrumentKey;
  readonly stored: StoredState;
  /** Every trade behind the state's watermark that is not late. */
  readonly batches: AsyncIterable<TradeBatch>;
  /** Up to where its trades are all there (epoch ms); undefined: its last trade. */
  readonly watermark: number | undefined;
}

/**
 * Consumes an instrument's trades. At the end the watermark is the last trade's timestamp + 1 ms: the wall clock plays no part, and
 * the bucket still open goes on with the next run. Or it is `watermark`, if that is later: then the caller knows that no trade before
 * it is to come, and a bucket whose time is over closes without another trade.
 */
export async function cutInstrument(
  context: ClockContext,
  leases: LeaseBook,
  shelf: CutShelf,
  { instrument, stored, batches, watermark }: Cuttable,
  onTrades: (trades: number) => void,
): Promise<CutResult> {
  const name = instrumentName(instrument);
  // Known again once it is stored: a run that fails half-way leaves it to be read.
  leases.states.delete(name);
  let run: Run | undefined;
  for await (const batch of batches) {
    run ??= await startRun(context, leases, shelf, instrument, stored, Number(batch.timestamp[0]));
    if (run === undefined) return { trades: 0, buckets: [], hasSize: false };
    onTrades(await run.consume(batch));
  }
  const { open } = stored.state;
  // The cap may be the instrument's own, or follow the market: only the cutter tells, and it does so once it has run.
  if (
    run === undefined &&
    watermark !== undefined &&
    open !== null &&
    (open.dueAt ?? open.start) <= watermark
  )
    run = await startRun(context, leases, shelf, instrument, stored, watermark - 1);
  if (run === undefined) {
    leases.states.set(name, stored);
    return { trades: 0, buckets: [], hasSize: true };
  }
  return run.finish(watermark);
}

interface Run {
  consume(batch: TradeBatch): Promise<number>;
  /** What is cut by then is on the shelf. */
  finish(watermark: number | undefined): CutResult;
}

async function startRun(
  context: ClockContext,
  leases: LeaseBook,
  shelf: CutShelf,
  instrument: InstrumentKey,
  stored: StoredState,
  firstTimestamp: number,
): Promise<Run | undefined> {
  const found = await bucketLimits(context, instrument);
  if (found(stored.state.open?.start ?? firstTimestamp) === undefined) return undefined;
  const limitsAt = (start: number): BucketLimits => found(start) ?? noLimits(instrument);
  const cutter = createCutter({ ...cutterParams(context.clock), limitsAt }, stored.state);
  return new InstrumentRun(shelf, await leases.of(instrument), cutter, stored.cutVersion);
}

/** Once an instrument has a size it keeps having one. */
function noLimits(instrument: InstrumentKey): never {
  throw new FeatureError("FS_INTERNAL", `${instrumentName(instrument)} has lost its bucket size`);
}

class InstrumentRun implements Run {
  readonly #shelf: CutShelf;
  readonly #lease: Lease;
  readonly #cutter: Cutter;
  readonly #cutVersion: number;
  #waiting: ClosedBucket[] = [];
  #trades = 0;
  readonly #buckets: PendingBucket[] = [];
  #lastTimestamp = 0;

  constructor(shelf: CutShelf, lease: Lease, cutter: Cutter, cutVersion: number) {
    this.#shelf = shelf;
    this.#lease = lease;
    this.#cutter = cutter;
    this.#cutVersion = cutVersion;
  }

  async consume(batch: TradeBatch): Promise<number> {
    this.#cutter.consume(batch, (bucket) => this.#waiting.push(bucket));
    const trades = tradesIn(batch);
    this.#trades += trades;
    this.#lastTimestamp = Number(batch.timestamp[batch.length - 1]);
    if (this.#waiting.length >= chunk) {
      this.#shelve();
      await this.#shelf.store();
    }
    return trades;
  }

  finish(watermark = 0): CutResult {
    this.#cutter.advance(Math.max(this.#lastTimestamp + 1, watermark), (bucket) =>
      this.#waiting.push(bucket),
    );
    this.#shelve();
    return { trades: this.#trades, buckets: this.#buckets, hasSize: true };
  }

  #shelve(): void {
    const { instrument } = this.#lease;
    const buckets = this.#waiting;
    this.#waiting = [];
    const state = { state: this.#cutter.state(), cutVersion: this.#cutVersion };
    this.#shelf.put({ lease: this.#lease, buckets, state });
    for (const bucket of buckets) this.#buckets.push(pendingBucket(instrument, bucket));
  }
}

function tradesIn(batch: TradeBatch): number {
  if (batch.count === undefined) return batch.length;
  let trades = 0;
  for (const count of batch.count) trades += Number(count);
  return trades;
}
