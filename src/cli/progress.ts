import type { SingleBar } from "cli-progress";

export interface Bar {
  /** How much of the total is done by now; a note replaces the last one. */
  update(done: number, note?: string): void;
  stop(): void;
}

/** Progress on stderr: a bar on a terminal, plain lines elsewhere, nothing with --quiet. */
export interface Progress {
  line(text: string): void;
  bar(label: string, total: number): Bar;
}

interface Sink {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const silentBar: Bar = { update: () => undefined, stop: () => undefined };
const silent: Progress = { line: () => undefined, bar: () => silentBar };

/** A log tells at least this often that work goes on. */
const longestSilenceMs = 10_000;

/** Lines at every quarter, and now and then while one takes long: enough for a log file. */
function lineBar(sink: Sink, label: string, total: number, now: () => number): Bar {
  let quarter = 0;
  let spoke = now();
  return {
    update: (done, note) => {
      const reached = total > 0 ? Math.floor((4 * done) / total) : 4;
      const isNew = reached > quarter;
      if (!isNew && now() - spoke < longestSilenceMs) return;
      [quarter, spoke] = [Math.max(quarter, reached), now()];
      const percent = isNew ? reached * 25 : Math.floor((100 * done) / total);
      sink.write(`${label}: ${Math.min(percent, 100)} %${note === undefined ? "" : ` (${note})`}\n`);
    },
    stop: () => undefined,
  };
}

/** The library is loaded with the first bar: most commands draw none. Updates until then are kept. */
function terminalBar(label: string, total: number, opened: Set<Bar>): Bar {
  let drawn: SingleBar | undefined;
  let stopped = false;
  let last = { done: 0, note: "" };
  void import("cli-progress").then(({ default: library }) => {
    if (stopped) return;
    drawn = new library.SingleBar({
      format: `${label} [{bar}] {percentage} % {note}`,
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
    });
    drawn.start(total, last.done, { note: last.note });
  });
  const bar: Bar = {
    update: (done, note = last.note) => {
      last = { done, note };
      drawn?.update(done, { note });
    },
    stop: () => {
      stopped = true;
      opened.delete(bar);
      drawn?.stop();
    },
  };
  opened.add(bar);
  return bar;
}

/** `restore` ends bars that an error or a signal left open, so that the terminal gets its cursor back. */
export function openProgress(
  sink: Sink,
  quiet: boolean,
  now: () => number = () => performance.now(),
): { progress: Progress; restore: () => void } {
  if (quiet) return { progress: silent, restore: () => undefined };
  const opened = new Set<Bar>();
  const progress: Progress = {
    line: (text) => sink.write(`${text}\n`),
    bar: (label, total) =>
      sink.isTTY === true ? terminalBar(label, total, opened) : lineBar(sink, label, total, now),
  };
  const restore = () => {
    for (const bar of [...opened]) bar.stop();
  };
  return { progress, restore };
}
