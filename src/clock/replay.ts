/** Cuts the same trades with several sizes at once, to see how long buckets would last. */
import { type ClosedBucket, initialState } from "./bucket.js";
import { type Cutter, type CutterParams, createCutter } from "./cutter.js";
import { quantile } from "./quantile.js";
import type { TradeBatch } from "./trade-batch.js";

/** How buckets of one size come out. */
export interface ReplayedSize {
  readonly size: bigint;
  readonly buckets: number;
  /** Seconds; null without a closed bucket. */
  readonly p50: number | null;
  readonly p90: number | null;
  /** Share of buckets that the time cap closed; null without a closed bucket. */
  readonly timeShare: number | null;
}

export interface Replay {
  /** As `Cutter.consume`: batches in order of time. */
  consume(batch: TradeBatch): void;
  /** The sizes in the order given, once every trade below `watermark` was consumed. */
  finish(watermark: number): ReplayedSize[];
}

export function replaySizes(params: Omit<CutterParams, "limitsAt">, sizes: readonly bigint[]): Replay {
  const runs = sizes.map((size) => {
    const durations: number[] = [];
    let byTime = 0;
    const emit = (bucket: ClosedBucket): void => {
      const isByTime = bucket.trigger === "time";
      if (isByTime) byTime += 1;
      // Until the trade that filled it; the bucket itself ends a millisecond later.
      durations.push((bucket.end - bucket.start - (isByTime ? 0 : 1)) / 1000);
    };
    const cutter: Cutter = createCutter({ ...params, limitsAt: () => ({ size }) }, initialState);
    return {
      consume: (batch: TradeBatch) => cutter.consume(batch, emit),
      finish: (watermark: number): ReplayedSize => {
        cutter.advance(watermark, emit);
        durations.sort((a, b) => a - b);
        return {
          size,
          buckets: durations.length,
          p50: quantile(durations, 0.5),
          p90: quantile(durations, 0.9),
          timeShare: durations.length === 0 ? null : byTime / durations.length,
        };
      },
    };
  });
  return {
    consume: (batch) => {
      for (const run of runs) run.consume(batch);
    },
    finish: (watermark) => runs.map((run) => run.finish(watermark)),
  };
}

/** The size whose median is closest to the target; of two that are equally close the smaller. */
export function closestSize(replayed: readonly ReplayedSize[], targetS: number): ReplayedSize | undefined {
  let best: ReplayedSize | undefined;
  for (const one of replayed) {
    if (one.p50 === null) continue;
    const distance = Math.abs(one.p50 - targetS);
    const least = best?.p50 == null ? Number.POSITIVE_INFINITY : Math.abs(best.p50 - targetS);
    if (distance < least || (distance === least && best !== undefined && one.size < best.size)) best = one;
  }
  return best;
}
