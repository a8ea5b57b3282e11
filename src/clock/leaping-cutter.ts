/**
 * Where a cutter of one size would close, found by leaping over the trades between: the rules of `cutter.ts`, without what a bucket
 * holds. Many sizes read the same totals, so trying one more costs next to nothing.
 */
import type { CutterParams } from "./cutter.js";
import type { GroupTotals, LotTotals } from "./group-totals.js";

/** `openMs`: from a bucket's start to the trade that filled it, or to its time cap. */
export type EmitDuration = (openMs: number, isByTime: boolean) => void;

export interface LeapingLimits {
  /** Lots, trades or updates. */
  readonly size: bigint;
  readonly maxMs: number;
}

/** Modes that look at nothing but totals and the bucket's start. */
export function canLeap({ mode, adaptive }: Omit<CutterParams, "limitsAt">): boolean {
  return mode !== "quality" && adaptive === undefined;
}

export class LeapingCutter {
  readonly #size: bigint;
  readonly #maxMs: number;
  readonly #maxTrades: number;
  #isOpen = false;
  #start = 0;
  /** What the open bucket holds from groups that are gone. */
  #lots = 0n;
  #trades = 0;

  constructor(
    { mode, maxTrades, maxMs: longestMs }: Omit<CutterParams, "limitsAt">,
    { size, maxMs }: LeapingLimits,
  ) {
    const counts = mode === "count" || mode === "event";
    this.#size = counts ? -1n : size;
    this.#maxTrades = counts ? Math.min(Number(size), maxTrades) : maxTrades;
    this.#maxMs = Math.min(maxMs, longestMs);
  }

  consume({ length, at, lots, trades }: GroupTotals, emit: EmitDuration): void {
    let group = 0;
    while (group < length) {
      const now = at[group] as number;
      if (this.#isOpen && now >= this.#start + this.#maxMs) this.#close(this.#maxMs, true, emit);
      if (!this.#isOpen) this.#open(now);
      const overdue = firstAtLeast(at, group, length, this.#start + this.#maxMs);
      const filled = Math.min(this.#fullAt(lots, group, overdue), this.#crowdedAt(trades, group, overdue));
      if (filled < overdue) {
        this.#close((at[filled] as number) - this.#start, false, emit);
        group = filled + 1;
        continue;
      }
      this.#lots += BigInt(lots[overdue] as number | bigint) - BigInt(lots[group] as number | bigint);
      this.#trades += (trades[overdue] as number) - (trades[group] as number);
      group = overdue;
    }
  }

  /** Every trade below `watermark` was consumed. */
  advance(watermark: number, emit: EmitDuration): void {
    if (this.#isOpen && watermark >= this.#start + this.#maxMs) this.#close(this.#maxMs, true, emit);
  }

  /** The first group with which the bucket has its size; `end` or beyond: none before that. */
  #fullAt(totals: LotTotals, from: number, end: number): number {
    if (this.#size < 0n) return end;
    const before = totals[from] as number | bigint;
    const wanted = BigInt(before) + this.#size - this.#lots;
    // A total that is a plain number is below 2^53; what is wanted beyond that is beyond it as a rounded number, too.
    return firstAtLeast(totals, from + 1, end + 1, typeof before === "bigint" ? wanted : Number(wanted)) - 1;
  }

  #crowdedAt(totals: Float64Array, from: number, end: number): number {
    const wanted = (totals[from] as number) + this.#maxTrades - this.#trades;
    return firstAtLeast(totals, from + 1, end + 1, wanted) - 1;
  }

  #open(at: number): void {
    this.#isOpen = true;
    this.#start = at;
    this.#lots = 0n;
    this.#trades = 0;
  }

  #close(openMs: number, isByTime: boolean, emit: EmitDuration): void {
    this.#isOpen = false;
    emit(openMs, isByTime);
  }
}

/** The first place in [from, end) whose value is at least that, else `end`: by steps that double, then by halves. */
function firstAtLeast(
  values: ArrayLike<number> | ArrayLike<bigint>,
  from: number,
  end: number,
  least: number | bigint,
): number {
  let low = from;
  let high = from;
  for (let step = 1; high < end && (values[high] as number | bigint) < least; step *= 2) {
    low = high + 1;
    high += step;
  }
  if (high > end) high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as number | bigint) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
