import type { ClosedBucket } from "../../clock/bucket.js";
import { instrumentName } from "../../spec/model.js";
import type { ClockContext } from "./clock-context.js";
import { type StoredState, storeCutterStates } from "./cutter-state.js";
import type { Lease } from "./lease.js";
import type { LeaseBook } from "./lease-book.js";
import { storeBuckets } from "./store-buckets.js";

/** Buckets that an instrument's cutter has closed, in order of id, and its state behind them. */
export interface Cut {
  readonly lease: Lease;
  readonly buckets: readonly ClosedBucket[];
  readonly state: StoredState;
}

/** Holds what instruments have cut until it is stored: an insert costs about as much for one bucket of ten instruments as for one. */
export class CutShelf {
  readonly #context: ClockContext;
  readonly #leases: LeaseBook;
  #cuts: Cut[] = [];
  #stored: Promise<void> = Promise.resolve();

  constructor(context: ClockContext, leases: LeaseBook) {
    this.#context = context;
    this.#leases = leases;
  }

  put(cut: Cut): void {
    this.#cuts.push(cut);
  }

  /** Stores what lies here, after what is being stored: a later cut of an instrument never overtakes an earlier one. */
  store(): Promise<void> {
    const cuts = this.#cuts;
    this.#cuts = [];
    this.#stored = this.#stored.then(() => this.#store(cuts));
    return this.#stored;
  }

  /** Buckets first: from then on everything can be repeated. A crash before the states are stored is seen by the next read. */
  async #store(cuts: readonly Cut[]): Promise<void> {
    if (cuts.length === 0) return;
    await storeBuckets(
      this.#context,
      cuts.map(({ lease, buckets }) => ({
        instrument: lease.instrument,
        buckets,
        version: lease.nextVersion(),
      })),
    );
    await storeCutterStates(
      this.#context,
      cuts.map(({ lease, state }) => ({
        instrument: lease.instrument,
        ...state,
        version: lease.nextVersion(),
      })),
    );
    for (const { lease, state } of cuts) this.#leases.states.set(instrumentName(lease.instrument), state);
  }
}
