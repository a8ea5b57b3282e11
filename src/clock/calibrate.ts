/**
 * The size that makes buckets last as long as they should. Two rules: the ratio (target times the median pace) is a first guess and
 * far off for bursty markets; the replay cuts the trades of the look-back with many sizes and takes the one whose median duration is
 * closest to the target.
 */
import type { CutterParams } from "./cutter.js";
import type { Pace } from "./pace.js";
import { closestSize, type ReplayedSize, replaySizes } from "./replay.js";
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
  /** The size in force, to be replayed beside the others; it is chosen only if it is the best. */
  readonly current?: bigint | undefined;
  /** The trades of the look-back in order; called again for a second pass. */
  readonly batches: () => AsyncIterable<TradeBatch> | Iterable<TradeBatch>;
}

export interface Calibration {
  /** By the ratio rule, within the bounds. */
  readonly ratio: bigint;
  /** By replay: what to cut with. */
  readonly chosen: ReplayedSize;
  /** The time cap it was replayed with. */
  readonly maxMs: number;
  readonly grid: readonly ReplayedSize[];
}

/** The shorter time cap, as a share of the target. */
const shortCap = 1.5;

export function ratioSize(pace: Pace, targetMs: number, bounds: SizeBounds): bigint {
  return clipSize(BigInt(Math.round((pace.p50 * targetMs) / 1000)), bounds);
}

/**
 * Undefined when the look-back closes no bucket of any size. Where a tenth of the buckets would run into the clock's time cap (few,
 * lumpy trades), the replay is repeated with a cap of 1.5 times the target, which is what the instrument is then cut with.
 */
export async function calibrate(request: CalibrationRequest): Promise<Calibration | undefined> {
  const { pace, targetMs, bounds, params } = request;
  const estimate = (perSecond: number): bigint => BigInt(Math.round((perSecond * targetMs) / 1000));
  const tried = sizeGrid([estimate(pace.p50), estimate(pace.mean)], bounds);
  const current = request.current;
  const grid = current === undefined || tried.includes(current) ? tried : [...tried, current];
  const ratio = ratioSize(pace, targetMs, bounds);
  const first = await replayed(request, grid, params.maxMs);
  const shorter = Math.round(targetMs * shortCap);
  const isCapped = first !== undefined && (first.chosen.p90 ?? 0) * 1000 >= params.maxMs;
  const second =
    isCapped && shorter < params.maxMs && params.adaptive === undefined
      ? await replayed(request, grid, shorter)
      : undefined;
  const best = second ?? first;
  return best === undefined ? undefined : { ratio, ...best };
}

async function replayed(
  { params, targetMs, bounds, until, batches }: CalibrationRequest,
  sizes: readonly bigint[],
  maxMs: number,
): Promise<Omit<Calibration, "ratio"> | undefined> {
  const replay = replaySizes({ ...params, maxMs }, sizes);
  for await (const batch of batches()) replay.consume(batch);
  const grid = replay.finish(until);
  const chosen = closestSize(
    grid.filter(({ size }) => clipSize(size, bounds) === size),
    targetMs / 1000,
  );
  return chosen === undefined ? undefined : { chosen, maxMs, grid };
}
