/** The leases of one run: an instrument's is taken when it is first written, and kept to the end. */
import { type InstrumentKey, instrumentName } from "../../spec/model.js";
import type { ClockContext } from "./clock-context.js";
import { type Lease, takeLease } from "./lease.js";

export interface LeaseBook {
  of(instrument: InstrumentKey): Promise<Lease>;
}

export function leaseBook(context: ClockContext): LeaseBook {
  const taken = new Map<string, Promise<Lease>>();
  return {
    of(instrument) {
      const name = instrumentName(instrument);
      const lease = taken.get(name) ?? takeLease(context, instrument);
      taken.set(name, lease);
      return lease;
    },
  };
}
