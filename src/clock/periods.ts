/**
 * Buckets of equal time: wall-clock minutes and the like. They end with the wall clock, whatever was traded, so that there is
 * something to read when the market is quiet and a clock of volume stands still. Pure, like the cutter.
 */
import type { ClosedBucket, CutterState } from "./bucket.js";

export interface PeriodParams {
  readonly lengthMs: number;
  readonly bookGapMs: number;
}

/** What was traded in one period. Times are epoch milliseconds. */
export interface PeriodSums {
  /** A whole multiple of the length. */
  readonly start: number;
  readonly trades: number;
  readonly lots: bigint;
  readonly notional: bigint;
  readonly availableAt: number;
}

/** So many periods without trades are closed in a row; then nothing more until the next trade. */
export const idlePeriods = 60;

export interface PeriodState {
  readonly lastId: number;
  readonly lastEnd: number | null;
  readonly lastAvailableAt: number | null;
  /** End of the last period that had trades; null before the first. */
  readonly activeEnd: number | null;
}

/**
 * Closes the periods that end by `watermark`, in order: those with trades, and up to `idlePeriods` in a row without.
 * @param sums in order of time, none before `state.lastEnd`
 */
export function closePeriods(
  sums: readonly PeriodSums[],
  state: PeriodState,
  { lengthMs, bookGapMs }: PeriodParams,
  watermark: number,
): ClosedBucket[] {
  const closed: ClosedBucket[] = [];
  let { lastId, lastEnd, activeEnd } = state;
  let availableAt = state.lastAvailableAt ?? Number.NEGATIVE_INFINITY;
  const close = (period: PeriodSums): void => {
    const end = period.start + lengthMs;
    availableAt = Math.max(end, period.availableAt, availableAt);
    const prevEnd = Math.max(lastEnd ?? period.start, period.start - bookGapMs);
    const { start, trades, lots, notional } = period;
    lastId += 1;
    closed.push({
      ...{ id: lastId, start, end, prevEnd, availableAt, trades, lots, notional },
      size: 0n,
      trigger: "time",
    });
    lastEnd = end;
  };
  const closeIdle = (until: number): void => {
    while (lastEnd !== null && activeEnd !== null) {
      const start: number = lastEnd;
      if (start + lengthMs > until || start >= activeEnd + idlePeriods * lengthMs) return;
      close({ start, trades: 0, lots: 0n, notional: 0n, availableAt: 0 });
    }
  };
  for (const period of sums) {
    if (period.start + lengthMs > watermark) break;
    closeIdle(period.start);
    close(period);
    activeEnd = period.start + lengthMs;
  }
  closeIdle(Math.min(watermark, nextActive(sums, watermark, lengthMs)));
  return closed;
}

/** A period that is still open ends the run of those without trades. */
function nextActive(sums: readonly PeriodSums[], watermark: number, lengthMs: number): number {
  const open = sums.find(({ start }) => start + lengthMs > watermark);
  return open?.start ?? Number.POSITIVE_INFINITY;
}

/** The state behind closed periods. Nothing is kept of a period that is still open: its trades are read again. */
export function stateAfter(
  state: PeriodState,
  closed: readonly ClosedBucket[],
  watermark: number,
): CutterState {
  const last = closed.at(-1);
  return {
    lastId: last?.id ?? state.lastId,
    lastEnd: last?.end ?? state.lastEnd,
    lastAvailableAt: last?.availableAt ?? state.lastAvailableAt,
    watermark,
    open: null,
    past: [],
  };
}
