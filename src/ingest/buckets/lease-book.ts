/** The leases of one run: an instrument's is taken when it is first written, and kept to the end. */
import { type InstrumentKey, instrumentName } from "../../spec/model.js";
import type { BucketRange } from "./batches.js";
import type { ClockContext } from "./clock-context.js";
import { type Lease, takeLease } from "./lease.js";

export interface LeaseBook {
  of(instrument: InstrumentKey): Promise<Lease>;
  /** A new `v` for each range, in their order. */
  nextVersions(ranges: readonly BucketRange[]): Promise<bigint[]>;
}

export function leaseBook(context: ClockContext): LeaseBook {
  const taken = new Map<string, Promise<Lease>>();
  const of = (instrument: InstrumentKey): Promise<Lease> => {
    const name = instrumentName(instrument);
    const lease = taken.get(name) ?? takeLease(context, instrument);
    taken.set(name, lease);
    return lease;
  };
  return {
    of,
    async nextVersions(ranges) {
      const versions: bigint[] = [];
      for (const { instrument } of ranges) versions.push((await of(instrument)).nextVersion());
      return versions;
    },
  };
}
