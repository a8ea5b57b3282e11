/** Cuts the same trades with several limits at once, to see how long buckets would last. */
import { type ClosedBucket, initialState } from "./bucket.js";
import { type CutterParams, createCutter } from "./cutter.js";
import { GroupTotaller } from "./group-totals.js";
import { canLeap, type EmitDuration, LeapingCutter, type LeapingLimits } from "./leaping-cutter.js";
import { quantile } from "./quantile.js";
import type { TradeBatch } from "./trade-batch.js";

/** How buckets of one size and time cap come out. */
export interface ReplayedSize extends LeapingLimits {
  readonly buckets: number;
  /** Seconds, until the trade that filled a bucket, a millisecond before its end; null without a closed bucket. */
  readonly p50: number | null;
  readonly p90: number | null;
  /** Share of buckets that the time cap closed; null without a closed bucket. */
  readonly timeShare: number | null;
}

export interface Replay {
  /** As `Cutter.consume`: batches in order of time. */
  consume(batch: TradeBatch): void;
  /** The limits in the order given, once every trade below `watermark` was consumed. */
  finish(watermark: number): ReplayedSize[];
}

export function replaySizes(
  params: Omit<CutterParams, "limitsAt">,
  limits: readonly LeapingLimits[],
): Replay {
  return canLeap(params) ? leapingReplay(params, limits) : cuttingReplay(params, limits);
}

function leapingReplay(params: Omit<CutterParams, "limitsAt">, limits: readonly LeapingLimits[]): Replay {
  const totaller = new GroupTotaller();
  const runs = limits.map((limit) => ({
    cutter: new LeapingCutter(params, limit),
    seen: new Durations(limit),
  }));
  return {
    consume: (batch) => {
      const groups = totaller.take(batch);
      for (const { cutter, seen } of runs) cutter.consume(groups, seen.add);
    },
    finish: (watermark) => {
      const rest = totaller.rest();
      return runs.map(({ cutter, seen }) => {
        cutter.consume(rest, seen.add);
        cutter.advance(watermark, seen.add);
        return seen.summary();
      });
    },
  };
}

/** A score, or a cap that follows the market, is left to the cutter itself. */
function cuttingReplay(params: Omit<CutterParams, "limitsAt">, limits: readonly LeapingLimits[]): Replay {
  const runs = limits.map((limit) => {
    const seen = new Durations(limit);
    const emit = ({ start, end, trigger }: ClosedBucket): void =>
      seen.add(trigger === "time" ? end - start : end - start - 1, trigger === "time");
    return { cutter: createCutter({ ...params, limitsAt: () => limit }, initialState), emit, seen };
  });
  return {
    consume: (batch) => {
      for (const { cutter, emit } of runs) cutter.consume(batch, emit);
    },
    finish: (watermark) =>
      runs.map(({ cutter, emit, seen }) => {
        cutter.advance(watermark, emit);
        return seen.summary();
      }),
  };
}

class Durations {
  readonly #limits: LeapingLimits;
  readonly #seconds: number[] = [];
  #byTime = 0;

  constructor(limits: LeapingLimits) {
    this.#limits = limits;
  }

  readonly add: EmitDuration = (openMs, isByTime) => {
    if (isByTime) this.#byTime += 1;
    this.#seconds.push(openMs / 1000);
  };

  summary(): ReplayedSize {
    const seconds = Float64Array.from(this.#seconds).sort();
    const buckets = seconds.length;
    return {
      ...this.#limits,
      buckets,
      p50: quantile(seconds, 0.5),
      p90: quantile(seconds, 0.9),
      timeShare: buckets === 0 ? null : this.#byTime / buckets,
    };
  }
}
