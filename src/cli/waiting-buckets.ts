import type { CompiledClock } from "../compile/catalog.js";
import { instrumentOf } from "../ingest/buckets/clock-context.js";
import { instrumentName } from "../spec/model.js";
import type { Context } from "./context.js";
import { plural } from "./count-text.js";
import { instrumentStatus } from "./instrument-status.js";

/** Closed buckets of an instrument without all of their features, which no check can look at. */
export interface WaitingBuckets {
  readonly clock: string;
  /** exchange/market_type/symbol */
  readonly instrument: string;
  readonly buckets: number;
}

export async function waitingBuckets(
  context: Context,
  clocks: readonly CompiledClock[],
): Promise<WaitingBuckets[]> {
  const instruments = await instrumentStatus(context, clocks);
  return instruments
    .filter(({ pending }) => pending > 0)
    .map((row) => ({
      clock: row.clock,
      instrument: instrumentName(instrumentOf(row)),
      buckets: row.pending,
    }));
}

export function waitingWarning({ clock, instrument, buckets }: WaitingBuckets): string {
  const wait = buckets === 1 ? "waits for its" : "wait for their";
  return (
    `${clock}: ${plural(buckets, "bucket")} of ${instrument} ${wait} features and could not be checked; ` +
    "run `feature buckets build`"
  );
}
