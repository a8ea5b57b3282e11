import type { ApplyEvent, OnApplyEvent } from "../migrate/progress.js";
import { countText } from "./count-text.js";
import type { Bar, Progress } from "./progress.js";

/**
 * One bar a migration, counting its steps; the note tells the step, and of a backfill its chunk, its rate and when it will have
 * ended. `now` in milliseconds.
 */
export function applyProgress(progress: Progress, now: () => number = () => performance.now()): OnApplyEvent {
  let bar: Bar | undefined;
  let done = 0;
  let backfill = { step: "", began: 0, trades: 0 };
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
      case "chunk": {
        const { step, number, chunks, trades, allTrades } = event;
        if (backfill.step !== step.name) backfill = { step: step.name, began: now(), trades };
        const seconds = (now() - backfill.began) / 1000;
        const rate = seconds > 0 ? (trades - backfill.trades) / seconds : 0;
        const speed =
          rate < 1
            ? ""
            : `, ${countText(Math.round(rate))} trades/s, ${Math.ceil((allTrades - trades) / rate)} s left`;
        bar?.update(done, `${step.name}, chunk ${number} of ${chunks}${speed}`);
      }
    }
  };
}
