/** Which of the replayed limits an instrument is cut with. */
import type { ReplayedSize } from "./replay.js";

export interface Aim {
  /** What a median shall be; seconds. */
  readonly targetS: number;
  /** What nine of ten buckets shall be shorter than; seconds. */
  readonly longestS: number;
}

/** What a median may be off the target, as a share of it: 25 to 35 s for 30 s. */
const tolerance = 1 / 6;
/** Sizes that are this close stand for a market that is so much busier or quieter than it was. */
const nearby = 0.15;

/**
 * Of the longest time cap that has such sizes the best of those that meet the aim, and go on meeting it when the market's pace
 * changes by a tenth, which is as if all sizes were a tenth smaller or larger. Where trades are few and lumpy the median jumps from
 * next to nothing to the cap between two sizes, and the size in between would not hold for a day.
 * @param byCap sizes of each cap, the longest cap first
 */
export function steadySize(
  byCap: readonly (readonly ReplayedSize[])[],
  aim: Aim,
  isAllowed: (one: ReplayedSize) => boolean,
): ReplayedSize | undefined {
  for (const sizes of byCap) {
    const isSteady = (one: ReplayedSize): boolean =>
      sizes
        .filter(({ size }) => Math.abs(Number(size - one.size)) <= Number(one.size) * nearby)
        .every((near) => meetsAim(near, aim));
    const best = closestSize(sizes.filter(isAllowed).filter(isSteady), aim.targetS);
    if (best !== undefined) return best;
  }
  return undefined;
}

/** Where no size is steady (bounds may forbid it): one that meets the aim, with the longest cap, else the closest median. */
export function nearestSize(
  byCap: readonly (readonly ReplayedSize[])[],
  aim: Aim,
  isAllowed: (one: ReplayedSize) => boolean,
): ReplayedSize | undefined {
  const allowed = byCap.map((sizes) => sizes.filter(isAllowed));
  for (const sizes of allowed) {
    const best = closestSize(
      sizes.filter((one) => meetsAim(one, aim)),
      aim.targetS,
    );
    if (best !== undefined) return best;
  }
  return closestSize(allowed.flat(), aim.targetS);
}

/** The size whose median is closest to the target; of two that are equally close the smaller, then the one listed first. */
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

function meetsAim({ p50, p90 }: ReplayedSize, { targetS, longestS }: Aim): boolean {
  return p50 !== null && p90 !== null && Math.abs(p50 - targetS) <= targetS * tolerance && p90 < longestS;
}
