import type { AdvanceResult } from "../ingest/buckets/advance.js";
import type { ClockContext } from "../ingest/buckets/clock-context.js";

/** Wall-clock periods come with the trades: in what a command says they are not among what was cut and closed. */
export function isCounted({ clock }: ClockContext): boolean {
  return clock.mode !== "time";
}

export function countedResult(context: ClockContext, result: AdvanceResult): AdvanceResult {
  if (isCounted(context)) return result;
  return {
    ...result,
    trades: 0,
    bucketsCut: 0,
    bucketsClosed: 0,
    bucketsRecomputed: 0,
    bucketsNotRecomputable: 0,
  };
}
