import { expect, it } from "vitest";
import { applyProgress } from "../../../src/cli/apply-progress.js";
import { openProgress } from "../../../src/cli/progress.js";
import type { Step } from "../../../src/plan/step.js";

function collected(
  quiet: boolean,
  now = () => 0,
): {
  lines: string[];
  progress: ReturnType<typeof openProgress>["progress"];
} {
  const lines: string[] = [];
  const { progress } = openProgress({ write: (text) => lines.push(text) }, quiet, now);
  return { lines, progress };
}

it("tells each quarter once where there is no terminal", () => {
  const { lines, progress } = collected(false);
  const bar = progress.bar("reading", 8);
  for (let done = 0; done <= 8; done++) bar.update(done, `file ${done}`);
  bar.stop();
  expect(lines).toEqual([
    "reading: 25 % (file 2)\n",
    "reading: 50 % (file 4)\n",
    "reading: 75 % (file 6)\n",
    "reading: 100 % (file 8)\n",
  ]);
});

it("says nothing with --quiet", () => {
  const { lines, progress } = collected(true);
  progress.line("hello");
  progress.bar("reading", 2).update(2);
  expect(lines).toEqual([]);
});

it("says every ten seconds how fast a long backfill goes and when it will have ended", () => {
  let at = 0;
  const { lines, progress } = collected(false, () => at);
  const tell = applyProgress(progress, () => at);
  const step = { name: "backfill f.flow__1a2b3c4d", kind: "backfill" } as Step;
  tell({ kind: "migration", migration: "0003_flow", steps: 10 });
  for (let number = 1; number <= 6; number++) {
    const trades = (number - 1) * 1_000_000;
    tell({
      kind: "chunk",
      migration: "0003_flow",
      step,
      number,
      chunks: 6,
      trades,
      allTrades: 6e6,
      state: "started",
    });
    at += 4_000;
  }
  expect(lines).toEqual([
    "0003_flow: 0 % (backfill f.flow__1a2b3c4d, chunk 4 of 6, 250,000 trades/s, 12 s left)\n",
  ]);
});
