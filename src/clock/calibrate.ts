/**
 * The size that makes buckets last as long as they should. Two rules: the ratio (target times the median pace) is a first guess and
 * far off for bursty markets; the replay cuts the trades of the look-back with many sizes and takes the one whose median duration is
 * closest to the target.
 */
import { type Aim, nearestSize, steadySize } from "./choose-size.js";
import type { CutterParams } from "./cutter.js";
import { canLeap, type LeapingLimits } from "./leaping-cutter.js";
import type { Pace } from "./pace.js";
import { type ReplayedSize, replaySizes } from "./replay.js";
import { clipSize, type SizeBounds, sizeGrid } from "./size-grid.js";
import type { TradeBatch } from "./trade-batch.js";

export interface CalibrationRequest {
  /** What is traded a second, in the unit of sizes: lots, trades or updates. */
  readonly pace: Pace;
  readonly targetMs: number;
  readonly bounds: SizeBounds;
  readonly params: Omit<CutterParams, "limitsAt">;
  /** End of the look-back, epoch ms. */
  readonly until: number;
  /** What is in force, to be replayed beside the others; its size is chosen only if it is the best. */
  readonly current?: LeapingLimits | undefined;
  /** The trades of the look-back in order; called again for every pass. */
  readonly batches: () => AsyncIterable<TradeBatch> | Iterable<TradeBatch>;
}

export interface Calibration {
  /** By the ratio rule, within the bounds. */
  readonly ratio: bigint;
  /** By replay: what to cut with. */
  readonly chosen: ReplayedSize;
  /** How `current` of the request comes out. */
  readonly current: ReplayedSize | undefined;
}

/** Time caps that are tried beside the clock's own, as shares of the target. */
const shorterCaps = [1.5, 1.1, 1];

export function ratioSize(pace: Pace, targetMs: number, bounds: SizeBounds): bigint {
  return clipSize(BigInt(Math.round((pace.p50 * targetMs) / 1000)), bounds);
}

/**
 * Undefined when the look-back closes no bucket of any size. The clock's time cap is kept where a size meets the aim with it (a
 * median within a sixth of the target, nine of ten buckets below the clock's cap) and would in a somewhat busier or quieter market;
 * else the longest shorter cap with which one does, down to the target itself: lumps of few trades are cut by time.
 */
export async function calibrate(request: CalibrationRequest): Promise<Calibration | undefined> {
  const { pace, targetMs, bounds, params, current } = request;
  const estimate = (perSecond: number): bigint => BigInt(Math.round((perSecond * targetMs) / 1000));
  const tried = sizeGrid([estimate(pace.p50), estimate(pace.mean)], bounds);
  const sizes = current === undefined || tried.includes(current.size) ? tried : [...tried, current.size];
  const aim: Aim = { targetS: targetMs / 1000, longestS: params.maxMs / 1000 };
  const isAllowed = ({ size }: ReplayedSize): boolean => clipSize(size, bounds) === size;
  const byCap: ReplayedSize[][] = [];
  let now: ReplayedSize | undefined;
  let chosen: ReplayedSize | undefined;
  for (const caps of capsByPass(params, targetMs)) {
    const limits = caps.flatMap((maxMs) => sizes.map((size) => ({ size, maxMs })));
    const isFirst = byCap.length === 0 && current !== undefined;
    const replayed = await replay(request, isFirst ? [...limits, current] : limits);
    if (isFirst) now = replayed.at(-1);
    for (const index of caps.keys()) {
      byCap.push(replayed.slice(index * sizes.length, (index + 1) * sizes.length));
    }
    chosen = steadySize(byCap, aim, isAllowed);
    if (chosen !== undefined) break;
  }
  chosen ??= nearestSize(byCap, aim, isAllowed);
  return chosen && { ratio: ratioSize(pace, targetMs, bounds), chosen, current: now };
}

/**
 * All caps in one pass where a replay leaps; else one by one, as long as they are needed. A cap that follows the market is left to
 * itself. Caps are whole seconds, as bucket_config holds them.
 */
function capsByPass(params: CalibrationRequest["params"], targetMs: number): number[][] {
  if (params.adaptive !== undefined) return [[params.maxMs]];
  const shorter = shorterCaps
    .map((share) => Math.ceil((share * targetMs) / 1000) * 1000)
    .filter((cap) => cap < params.maxMs);
  const caps = [...new Set([params.maxMs, ...shorter])];
  return canLeap(params) ? [caps] : caps.map((cap) => [cap]);
}

async function replay(
  { params, until, batches }: CalibrationRequest,
  limits: readonly LeapingLimits[],
): Promise<ReplayedSize[]> {
  const run = replaySizes(params, limits);
  for await (const batch of batches()) run.consume(batch);
  return run.finish(until);
}
