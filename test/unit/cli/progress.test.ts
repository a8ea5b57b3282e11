import { expect, it } from "vitest";
import { openProgress } from "../../../src/cli/progress.js";

function collected(quiet: boolean): {
  lines: string[];
  progress: ReturnType<typeof openProgress>["progress"];
} {
  const lines: string[] = [];
  const { progress } = openProgress({ write: (text) => lines.push(text) }, quiet);
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
