import type { ApplyEvent, OnApplyEvent } from "../migrate/progress.js";
import type { Bar, Progress } from "./progress.js";

/** One bar a migration, counting its steps; the note tells the step, and the chunk of a backfill. */
export function applyProgress(progress: Progress): OnApplyEvent {
  let bar: Bar | undefined;
  let done = 0;
  return (event: ApplyEvent) => {
    switch (event.kind) {
      case "migration":
        done = 0;
        bar = progress.bar(event.migration, event.steps);
        return;
      case "step":
        if (event.state !== "started") done = event.number;
        bar?.update(done, event.step.name);
        if (done === event.steps) bar?.stop();
        return;
      case "chunk":
        bar?.update(done, `${event.step.name}, chunk ${event.number} of ${event.chunks}`);
    }
  };
}
