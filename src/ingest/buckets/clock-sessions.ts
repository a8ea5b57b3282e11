import { type AdvanceSession, advanceSession } from "./advance.js";
import type { ClockContext } from "./clock-context.js";
import type { LeaseBook } from "./lease-book.js";

export interface ClockSession {
  readonly clock: ClockContext;
  readonly session: AdvanceSession;
}

/** A session for each clock of one run. They share leases, which are an instrument's: a second lease would end the first. */
export function clockSessions(clocks: readonly ClockContext[], mayBeDirty = true): ClockSession[] {
  let leases: LeaseBook | undefined;
  return clocks.map((clock) => {
    const session = advanceSession(clock, mayBeDirty, leases);
    leases ??= session.leases;
    return { clock, session };
  });
}
