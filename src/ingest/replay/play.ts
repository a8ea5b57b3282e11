import { setTimeout as delay } from "node:timers/promises";
import type { HeldRows } from "./held-rows.js";
import type { ReplayClock } from "./replay-clock.js";

export interface PlayOptions {
  /** How many times as fast as it was. */
  readonly speed: number;
  readonly clock: ReplayClock;
  /** Ends the replay between two steps. */
  readonly signal: AbortSignal;
  /** Milliseconds that only go forward. */
  readonly wall: () => number;
  /** Called when the rows of a step are stored: cuts and closes what they complete. */
  readonly onStep: (at: number) => Promise<void>;
}

/** Of the wall clock. */
const stepMs = 100;

/** Plays all held rows. A step that takes longer than its time delays the ones behind it; none is left out. */
export async function play(held: HeldRows, options: PlayOptions): Promise<void> {
  const { speed, clock, signal, wall, onStep } = options;
  if (held.span === undefined) return;
  const { first, last } = held.span;
  const step = Math.max(1, Math.round(stepMs * speed));
  let due = wall();
  for (let at = first; !signal.aborted; at = Math.min(at + step, last)) {
    clock.set(at);
    await held.storeUntil(at);
    await onStep(at);
    if (at >= last) return;
    due = Math.max(due + stepMs, wall() - stepMs);
    const wait = due - wall();
    if (wait > 0) await delay(wait, undefined, { signal }).catch(() => undefined);
  }
}
