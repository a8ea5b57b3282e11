/** What one run holds: an instrument's lease is taken when it is first written, and kept to the end. */
import { type InstrumentKey, instrumentName } from "../../spec/model.js";
import type { BucketRange } from "./batches.js";
import type { ClockContext } from "./clock-context.js";
import type { StoredState } from "./cutter-state.js";
import { type Lease, takeLease } from "./lease.js";

/** The `v` of rows that are written together, by instrument. */
export type Versions = ReadonlyMap<string, bigint>;

export interface LeaseBook {
  of(instrument: InstrumentKey): Promise<Lease>;
  /** A new `v` for each instrument of the ranges. */
  nextVersions(ranges: readonly BucketRange[]): Promise<Versions>;
  /** By instrument, the cutter's state that this run stored last: while it has the lease nobody else changes it. */
  readonly states: Map<string, StoredState>;
}

/** `held`: of another clock in the same run; a lease is an instrument's, whatever the clock, so the second to take it would end the first. */
export function leaseBook(context: ClockContext, held?: Pick<LeaseBook, "of">): LeaseBook {
  const taken = new Map<string, Promise<Lease>>();
  const take = (instrument: InstrumentKey): Promise<Lease> => {
    const name = instrumentName(instrument);
    const lease = taken.get(name) ?? takeLease(context, instrument);
    taken.set(name, lease);
    return lease;
  };
  const of = held?.of ?? take;
  return {
    of,
    states: new Map(),
    async nextVersions(ranges) {
      const versions = new Map<string, bigint>();
      for (const { instrument } of ranges) {
        const name = instrumentName(instrument);
        if (!versions.has(name)) versions.set(name, (await of(instrument)).nextVersion());
      }
      return versions;
    },
  };
}
