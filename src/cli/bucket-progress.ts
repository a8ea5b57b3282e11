import type { AdvanceProgress } from "../ingest/buckets/advance-progress.js";
import { countText } from "./count-text.js";
import type { Progress } from "./progress.js";

const everyMs = 1_000;
const words = {
  cut: "trades cut",
  close: "buckets computed",
  recompute: "buckets computed again",
  lazy: "buckets computed of the views that no vector needs",
};

/** A line a second at most: how much there is to do is not known beforehand. `done` counts since the last call. */
export function bucketProgress(progress: Progress): (event: AdvanceProgress) => void {
  const sums = { cut: 0, close: 0, recompute: 0, lazy: 0 };
  let shown = performance.now();
  return ({ stage, done, instrument }) => {
    sums[stage] += done;
    if (performance.now() - shown < everyMs) return;
    shown = performance.now();
    progress.line(
      `${countText(sums[stage])} ${words[stage]}${instrument === undefined ? "" : ` (${instrument})`}`,
    );
  };
}
