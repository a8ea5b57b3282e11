import type { CutterParams } from "../../clock/cutter.js";
import type { Clock } from "../../spec/model.js";
import { sizedMode } from "./sized-mode.js";

/** What a clock's cutter is made with, but for the sizes. */
export function cutterParams(clock: Clock): Omit<CutterParams, "limitsAt"> {
  const mode = sizedMode(clock);
  const { maxMs, maxTrades, bookGapMs, quality, targetMs } = clock;
  if (quality === undefined) return { mode, maxMs, maxTrades, bookGapMs };
  const { minTrades, scorePercent, capPercent, adaptive } = quality;
  return {
    mode,
    maxMs,
    maxTrades,
    bookGapMs,
    quality: { targetMs, minTrades, scorePercent, capPercent },
    ...(adaptive === undefined ? {} : { adaptive }),
  };
}
