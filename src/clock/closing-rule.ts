/** When a bucket is full. Every comparison is exact; a BigInt is made only where a Float64 cannot tell. */
import { FeatureError } from "../errors.js";
import type { CutTrigger } from "./bucket.js";
import type { RunningSums } from "./running-sums.js";

/**
 * The score of a bucket is `min(lots / size, elapsed / target, trades / minTrades)`; it closes once that is at least
 * `scorePercent` / 100. A burst cannot fill it without limit: `capPercent` / 100 times the size closes it at any score.
 */
export interface QualityParams {
  readonly targetMs: number;
  readonly minTrades: number;
  readonly scorePercent: number;
  readonly capPercent: number;
}

/** Asked after the trades of a millisecond were added, `elapsedMs` after the bucket's start. Undefined: it stays open. */
export type SizeRule = (sums: RunningSums, elapsedMs: number) => CutTrigger | undefined;

export function closingRule(
  mode: "volume" | "count" | "event" | "quality",
  size: bigint,
  quality: QualityParams | undefined,
): SizeRule {
  switch (mode) {
    case "count":
    case "event":
      return ({ trades }) => (trades >= Number(size) ? mode : undefined);
    case "volume": {
      const isFull = atLeast(size);
      return (sums) => (isFull(sums) ? mode : undefined);
    }
    case "quality":
      return qualityRule(size, quality ?? missingQuality());
  }
}

function qualityRule(size: bigint, quality: QualityParams): SizeRule {
  const { targetMs, minTrades, scorePercent, capPercent } = quality;
  const hasVolume = atLeast(share(size, scorePercent));
  const isCapped = atLeast(share(size, capPercent));
  // In whole milliseconds and trades: 80 % of 30 s is 24,000 ms, of 11 trades 8.8, so 9.
  const elapsedNeeded = Math.ceil((targetMs * scorePercent) / 100);
  const tradesNeeded = Math.ceil((minTrades * scorePercent) / 100);
  return (sums, elapsedMs) => {
    if (elapsedMs >= elapsedNeeded && sums.trades >= tradesNeeded && hasVolume(sums)) return "quality";
    return isCapped(sums) ? "volume" : undefined;
  };
}

/** The smallest number of lots that is at least that share. */
function share(size: bigint, percent: number): bigint {
  return (size * BigInt(percent) + 99n) / 100n;
}

function atLeast(size: bigint): (sums: RunningSums) => boolean {
  const below = Number(size) * (1 - 2 ** -40);
  const above = Number(size) * (1 + 2 ** -40);
  return (sums) => {
    const lots = sums.lots.toNumber();
    if (lots < below) return false;
    return lots > above || sums.lots.toBigInt() >= size;
  };
}

function missingQuality(): never {
  throw new FeatureError("FS_INTERNAL", "mode quality without its score");
}
