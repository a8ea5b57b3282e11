/** Which limits hold when: rows of bucket_config with their validity, by session. Pure. */
import type { BucketLimits } from "./cutter.js";

export interface ScheduledLimits extends BucketLimits {
  /** A session's name, or `all`. */
  readonly session: string;
  /** Holds for buckets that start in `[validFrom, validTo)`; epoch ms. */
  readonly validFrom: number;
  readonly validTo: number;
}

/** Limits of the bucket that opens at a moment; undefined while there are none. */
export type LimitsAt = (start: number) => BucketLimits | undefined;

const everySession = "all";

/**
 * Read chain: the row that is valid then (the session's own before that of all sessions, of several the one that began last), else
 * the last one that expired, else `fallback`, else whatever any session had before. So once there are limits there always are.
 */
export function sizeSchedule(
  rows: readonly ScheduledLimits[],
  fallback: bigint | undefined,
  sessionAt: (start: number) => string,
): LimitsAt {
  const newestFirst = [...rows].sort((a, b) => b.validFrom - a.validFrom);
  return (start) => {
    const begun = newestFirst.filter(({ validFrom }) => validFrom <= start);
    const session = sessionAt(start);
    const valid = begun.filter(({ validTo }) => validTo > start);
    const of = (some: readonly ScheduledLimits[], name: string): ScheduledLimits | undefined =>
      some.find((row) => row.session === name);
    const found =
      of(valid, session) ?? of(valid, everySession) ?? of(begun, session) ?? of(begun, everySession);
    if (found !== undefined) return found;
    return fallback === undefined ? begun[0] : { size: fallback };
  };
}
