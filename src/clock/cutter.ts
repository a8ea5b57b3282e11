/**
 * The cutter: a pure state machine that decides where buckets end. One cutter cuts one instrument by one clock; it knows
 * neither the wall clock nor where trades come from, so that live trades, files and a rebuild are cut alike.
 */
import { FeatureError } from "../errors.js";
import type { ClosedBucket, CutTrigger, CutterState, OpenBucket } from "./bucket.js";
import { RunningSums } from "./running-sums.js";
import { plainBatch, type TradeBatch } from "./trade-batch.js";

export interface CutterParams {
  readonly mode: "volume" | "count";
  /** Lots in mode `volume`, trades in mode `count`. */
  readonly size: bigint;
  readonly maxMs: number;
  readonly maxTrades: number;
  readonly bookGapMs: number;
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
  /** A floor for `availableAt` of the buckets that close from now on: the wall clock, live. */
  notBefore(availableAt: number): void;
  /** Without the trades of a last timestamp that still wait: these are at the watermark and are read again. */
  state(): CutterState;
}

/** @throws FeatureError FS_CLOCK_PARAMS for a size or limit that is not positive. */
export function createCutter(params: CutterParams, state: CutterState): Cutter {
  checkParams(params);
  return new BucketCutter(params, state);
}

function checkParams(params: CutterParams): void {
  const limits = {
    size: params.size > 0n,
    maxMs: params.maxMs > 0,
    maxTrades: params.maxTrades > 0,
    bookGapMs: params.bookGapMs >= 0,
  };
  for (const [name, isValid] of Object.entries(limits)) {
    if (isValid) continue;
    const found = params[name as keyof typeof limits];
    throw new FeatureError("FS_CLOCK_PARAMS", `${name} is ${found}; a cutter needs a positive one`);
  }
}

class BucketCutter implements Cutter {
  readonly #params: CutterParams;
  readonly #reachesSize: (sums: RunningSums) => boolean;
  #lastId: number;
  #lastEnd: number | null;
  #lastAvailableAt: number;
  #watermark: number;

  readonly #open = new RunningSums();
  #isOpen = false;
  #start = 0;

  /** The trades of the timestamp at the watermark, while more of it may come. */
  readonly #group = new RunningSums();
  #isGroupWaiting = false;

  constructor(params: CutterParams, state: CutterState) {
    this.#params = params;
    this.#reachesSize = sizeTest(params);
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

  notBefore(availableAt: number): void {
    if (availableAt > this.#lastAvailableAt) this.#lastAvailableAt = availableAt;
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
          }
        : null,
    };
  }

  #restore(open: OpenBucket): void {
    this.#isOpen = true;
    this.#start = open.start;
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
    if (!this.#isOpen) this.#start = at;
    this.#isOpen = true;
  }

  #closeBySize(at: number, emit: EmitBucket): void {
    if (this.#reachesSize(this.#open)) this.#close(this.#params.mode, at + 1, emit);
    else if (this.#open.trades >= this.#params.maxTrades) this.#close("max_trades", at + 1, emit);
  }

  #closeByTime(now: number, emit: EmitBucket): void {
    const end = this.#start + this.#params.maxMs;
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
      size: this.#params.size,
      trigger,
    };
    open.clear();
    emit(bucket);
  }
}

/** Compares exactly, yet makes a BigInt only when a Float64 cannot tell. */
function sizeTest(params: CutterParams): (sums: RunningSums) => boolean {
  const { mode, size } = params;
  const below = Number(size) * (1 - 2 ** -40);
  const above = Number(size) * (1 + 2 ** -40);
  if (mode === "count") return (sums) => sums.trades >= Number(size);
  return (sums) => {
    const lots = sums.lots.toNumber();
    if (lots < below) return false;
    return lots > above || sums.lots.toBigInt() >= size;
  };
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
