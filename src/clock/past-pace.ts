import type { PastBucket } from "./bucket.js";

/**
 * A time cap of `factorPercent` / 100 times the size over the volume per millisecond of the last `buckets` closed buckets (the time
 * between them counted), at least `minMs` and at most `maxMs`.
 */
export interface AdaptiveCap {
  readonly factorPercent: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly buckets: number;
}

/** How fast the market traded over the last closed buckets, which are all that a restart needs to know. */
export class PastPace {
  readonly #cap: AdaptiveCap | undefined;
  #past: PastBucket[];

  constructor(cap: AdaptiveCap | undefined, past: readonly PastBucket[]) {
    this.#cap = cap;
    this.#past = cap === undefined ? [] : past.slice(-cap.buckets);
  }

  /** In whole milliseconds, rounded down; undefined without an adaptive cap, or while nothing has been traded. */
  cap(size: bigint): number | undefined {
    const first = this.#past[0];
    const last = this.#past.at(-1);
    if (this.#cap === undefined || first === undefined || last === undefined) return undefined;
    const lots = this.#past.reduce((sum, bucket) => sum + bucket.lots, 0n);
    if (lots === 0n) return undefined;
    const { factorPercent, minMs, maxMs } = this.#cap;
    const cap = (size * BigInt(factorPercent) * BigInt(last.end - first.start)) / (lots * 100n);
    return Math.min(Math.max(Number(cap), minMs), maxMs);
  }

  add({ start, end, lots }: PastBucket): void {
    if (this.#cap === undefined) return;
    this.#past = [...this.#past, { start, end, lots }].slice(-this.#cap.buckets);
  }

  past(): readonly PastBucket[] {
    return this.#past;
  }
}
