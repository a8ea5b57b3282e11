/**
 * The cutter: a pure state machine that decides where buckets end. One cutter cuts one instrument by one clock; it knows
 * neither the wall clock nor where trades come from, so that live trades, files and a rebuild are cut alike.
 */
import { FeatureError } from "../errors.js";
import type { ClosedBucket, CutTrigger, CutterState, OpenBucket } from "./bucket.js";
import { closingRule, type QualityParams, type SizeRule } from "./closing-rule.js";
import { type AdaptiveCap, PastPace } from "./past-pace.js";
import { RunningSums } from "./running-sums.js";
import { plainBatch, type TradeBatch } from "./trade-batch.js";

/** What a bucket is cut with; a bucket keeps it from its opening to its end. */
export interface BucketLimits {
  /** Lots in modes `volume` and `quality`, trades in mode `count`, book updates in mode `event`. */
  readonly size: bigint;
  /** How long it may stay open, where that is shorter than the clock's own `maxMs`. */
  readonly maxMs?: number;
}

export interface CutterParams {
  readonly mode: "volume" | "count" | "event" | "quality";
  /** The limits of the bucket that opens at `start`, epoch ms. Pure: a restart asks again for the bucket still open. */
  readonly limitsAt: (start: number) => BucketLimits;
  readonly maxMs: number;
  readonly maxTrades: number;
  readonly bookGapMs: number;
  /** Of mode `quality`, and only of it. */
  readonly quality?: QualityParams;
  /** A time cap that follows the market; the first buckets, and any other clock, have `maxMs`. */
  readonly adaptive?: AdaptiveCap;
}

export type EmitBucket = (bucket: ClosedBucket) => void;

/**
 * `emit` is called during `consume` and `advance`, in order of id; `state()` is for between the calls. After an error,
 * also one thrown by `emit`, the cutter is in no defined state: start another one from the last stored `state()`.
 */
export interface Cutter {
  /**
   * Takes the next trades. All trades of one timestamp stay together, so those of the last one wait until a later
   * timestamp, or a watermark beyond it, shows that they are complete.
   * @throws FeatureError FS_CLOCK_ORDER for a timestamp below the one before, or below the watermark.
   */
  consume(batch: TradeBatch, emit: EmitBucket): void;
  /** Says that every trade below `watermark` has been consumed. One below the present watermark changes nothing. */
  advance(watermark: number, emit: EmitBucket): void;
  /** Without the trades of a last timestamp that still wait: these are at the watermark and are read again. */
  state(): CutterState;
}

/** @throws FeatureError FS_CLOCK_PARAMS for a limit that is not positive; also later, for such a size of a bucket. */
export function createCutter(params: CutterParams, state: CutterState): Cutter {
  checkPositive("maxMs", params.maxMs);
  checkPositive("maxTrades", params.maxTrades);
  if (!(params.bookGapMs >= 0)) checkPositive("bookGapMs", params.bookGapMs);
  if ((params.mode === "quality") !== (params.quality !== undefined)) {
    throw new FeatureError("FS_CLOCK_PARAMS", "a score needs mode quality, and mode quality a score");
  }
  return new BucketCutter(params, state);
}

function checkPositive(name: string, found: number | bigint): void {
  if (found > 0) return;
  throw new FeatureError("FS_CLOCK_PARAMS", `${name} is ${found}; a cutter needs a positive one`);
}

class BucketCutter implements Cutter {
  readonly #params: CutterParams;
  readonly #pace: PastPace;
  #lastId: number;
  #lastEnd: number | null;
  #lastAvailableAt: number;
  #watermark: number;

  readonly #open = new RunningSums();
  #isOpen = false;
  #start = 0;
  /** What the open bucket is cut with, from its opening on. */
  #size = -1n;
  #maxMs = 0;
  #rule: SizeRule = () => undefined;

  /** The trades of the timestamp at the watermark, while more of it may come. */
  readonly #group = new RunningSums();
  #isGroupWaiting = false;

  constructor(params: CutterParams, state: CutterState) {
    this.#params = params;
    this.#pace = new PastPace(params.adaptive, state.past);
    this.#lastId = state.lastId;
    this.#lastEnd = state.lastEnd;
    this.#lastAvailableAt = state.lastAvailableAt ?? Number.NEGATIVE_INFINITY;
    this.#watermark = state.watermark ?? Number.NEGATIVE_INFINITY;
    if (state.open !== null) this.#restore(state.open);
  }

  consume(batch: TradeBatch, emit: EmitBucket): void {
    if (batch.length === 0) return;
    const plain = plainBatch(batch);
    const { length, timestamp } = plain;
    let row = 0;
    while (row < length) {
      const at = timestamp[row] as number;
      let next = row + 1;
      while (next < length && timestamp[next] === at) next++;
      const isContinued = this.#isGroupWaiting && at === this.#watermark;
      if (!isContinued) this.#startGroup(at, emit);
      if (next === length || isContinued) {
        this.#group.add(plain, row, next);
        this.#isGroupWaiting = true;
      } else {
        // A later timestamp follows in this batch: the group is complete, and needs no detour.
        this.#openAt(at);
        this.#open.add(plain, row, next);
        this.#closeBySize(at, emit);
      }
      row = next;
    }
  }

  advance(watermark: number, emit: EmitBucket): void {
    if (!(watermark > this.#watermark)) return;
    this.#settleGroup(emit);
    this.#closeByTime(watermark, emit);
    this.#watermark = watermark;
  }

  state(): CutterState {
    return {
      lastId: this.#lastId,
      lastEnd: this.#lastEnd,
      lastAvailableAt: finiteOrNull(this.#lastAvailableAt),
      watermark: finiteOrNull(this.#watermark),
      open: this.#isOpen
        ? {
            start: this.#start,
            lots: this.#open.lots.toBigInt(),
            notional: this.#open.notional.toBigInt(),
            trades: this.#open.trades,
            availableAt: this.#open.availableAt,
            dueAt: this.#start + this.#maxMs,
          }
        : null,
      past: this.#pace.past(),
    };
  }

  #restore(open: OpenBucket): void {
    this.#openAt(open.start);
    this.#open.lots.set(open.lots);
    this.#open.notional.set(open.notional);
    this.#open.trades = open.trades;
    this.#open.availableAt = open.availableAt;
  }

  #startGroup(at: number, emit: EmitBucket): void {
    // Written so that NaN is refused too.
    if (!(at >= this.#watermark)) {
      throw new FeatureError(
        "FS_CLOCK_ORDER",
        `a trade at ${at} ms follows one at, or a watermark of, ${this.#watermark} ms`,
      );
    }
    this.#settleGroup(emit);
    this.#closeByTime(at, emit);
    this.#watermark = at;
  }

  #settleGroup(emit: EmitBucket): void {
    if (!this.#isGroupWaiting) return;
    const at = this.#watermark;
    this.#openAt(at);
    this.#open.merge(this.#group);
    this.#group.clear();
    this.#isGroupWaiting = false;
    this.#closeBySize(at, emit);
  }

  #openAt(at: number): void {
    if (this.#isOpen) return;
    const { mode, quality, limitsAt, maxMs } = this.#params;
    const limits = limitsAt(at);
    if (limits.size !== this.#size) {
      checkPositive("size", limits.size);
      this.#rule = closingRule(mode, limits.size, quality);
      this.#size = limits.size;
    }
    this.#maxMs = this.#pace.cap(limits.size) ?? Math.min(maxMs, limits.maxMs ?? maxMs);
    this.#start = at;
    this.#isOpen = true;
  }

  #closeBySize(at: number, emit: EmitBucket): void {
    const trigger = this.#rule(this.#open, at - this.#start);
    if (trigger !== undefined) this.#close(trigger, at + 1, emit);
    else if (this.#open.trades >= this.#params.maxTrades) this.#close("max_trades", at + 1, emit);
  }

  #closeByTime(now: number, emit: EmitBucket): void {
    const end = this.#start + this.#maxMs;
    if (this.#isOpen && now >= end) this.#close("time", end, emit);
  }

  #close(trigger: CutTrigger, end: number, emit: EmitBucket): void {
    const open = this.#open;
    const prevEnd = Math.max(this.#lastEnd ?? this.#start, this.#start - this.#params.bookGapMs);
    this.#lastId += 1;
    this.#lastEnd = end;
    this.#lastAvailableAt = Math.max(end, open.availableAt, this.#lastAvailableAt);
    this.#isOpen = false;
    const bucket: ClosedBucket = {
      id: this.#lastId,
      start: this.#start,
      end,
      prevEnd,
      availableAt: this.#lastAvailableAt,
      trades: open.trades,
      lots: open.lots.toBigInt(),
      notional: open.notional.toBigInt(),
      size: this.#size,
      trigger,
    };
    open.clear();
    this.#pace.add(bucket);
    emit(bucket);
  }
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
