import type { IngestProgress } from "../ingest/request.js";
import type { Bar, Progress } from "./progress.js";

/** A bar for reading and one for storing; closing buckets tells its own progress. */
export function ingestProgress(progress: Progress): (event: IngestProgress) => void {
  let bar: Bar | undefined;
  let shown: IngestProgress["phase"] | undefined;
  return ({ phase, done, total, note }) => {
    if (phase !== shown) {
      bar?.stop();
      bar = phase === "close" ? undefined : progress.bar(phase === "read" ? "reading" : "storing", total);
      shown = phase;
    }
    bar?.update(done, note);
  };
}
