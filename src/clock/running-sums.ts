import { ExactSum } from "./exact-sum.js";
import type { PlainBatch } from "./trade-batch.js";

/** Exact totals of a growing set of trades: those of one timestamp, or of the open bucket. */
export class RunningSums {
  readonly lots = new ExactSum();
  readonly notional = new ExactSum();
  trades = 0;
  availableAt = Number.NEGATIVE_INFINITY;

  /** Adds rows `from` to `to` (exclusive). */
  add(batch: PlainBatch, from: number, to: number): void {
    this.lots.add(batch.lots, from, to);
    this.notional.add(batch.notional, from, to);
    const { availableAt, count } = batch;
    for (let row = from; row < to; row++) {
      const known = availableAt[row] as number;
      if (known > this.availableAt) this.availableAt = known;
    }
    if (count === undefined) {
      this.trades += to - from;
      return;
    }
    for (let row = from; row < to; row++) this.trades += count[row] as number;
  }

  merge(other: RunningSums): void {
    this.lots.merge(other.lots);
    this.notional.merge(other.notional);
    this.trades += other.trades;
    if (other.availableAt > this.availableAt) this.availableAt = other.availableAt;
  }

  clear(): void {
    this.lots.clear();
    this.notional.clear();
    this.trades = 0;
    this.availableAt = Number.NEGATIVE_INFINITY;
  }
}
