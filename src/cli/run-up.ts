import { setTimeout as delay } from "node:timers/promises";
import { FeatureError } from "../errors.js";
import { type AdvanceResult, advance } from "../ingest/buckets/advance.js";
import { clockSessions } from "../ingest/buckets/clock-sessions.js";
import { expandPaths } from "../ingest/files/expand-paths.js";
import type { FormatName } from "../ingest/formats/format.js";
import { formatOfName } from "../ingest/formats/format-of-name.js";
import { ingest } from "../ingest/ingest.js";
import type { HeldRows } from "../ingest/replay/held-rows.js";
import { play } from "../ingest/replay/play.js";
import { ReplayClock } from "../ingest/replay/replay-clock.js";
import type { IngestSummary } from "../ingest/summary.js";
import type { Context } from "./context.js";
import { countText, plural } from "./count-text.js";
import { countedResult } from "./counted-result.js";
import { ingestProgress } from "./ingest-progress.js";
import { checkedJobs, openJobs, scheduleJobs } from "./job-scheduler.js";
import { openService, type ServeFlags } from "./open-service.js";
import type { Outcome } from "./outcome.js";
import { formatOptions, type IngestFlags } from "./run-ingest.js";
import type { Shell } from "./shell.js";
import {
  breachWarnings,
  failureErrors,
  notRecomputableWarnings,
  openWriting,
  withoutSizeWarnings,
} from "./writing.js";

export interface UpFlags extends ServeFlags, IngestFlags {
  readonly replay: readonly string[];
  readonly format?: FormatName;
  readonly speed: number;
  readonly exit?: boolean;
  /** False with --no-jobs. */
  readonly jobs: boolean;
}

/** What no vector needs is computed for the buckets of this long together. */
const lazyEveryMs = 5_000;

/** Plays recordings into the target while it serves what they close. */
export async function runUp(context: Context, shell: Shell, flags: UpFlags): Promise<Outcome> {
  const { engine, project } = context;
  const format = flags.format ?? (await formatOfFiles(flags.replay));
  const options = formatOptions(context, flags);
  const { clocks } = await openWriting(context, "up");
  const clock = new ReplayClock(Date.now);
  const service = await openService(context, shell, flags, clock.now);
  // By the system's clock, also while the service's is a recording's: a job is about the machine's day.
  const jobs = flags.jobs ? checkedJobs(context) : [];
  const stopJobs =
    jobs.length === 0 ? undefined : await scheduleJobs(await openJobs(context, "up"), shell, jobs);
  const advanced: AdvanceResult[] = [];
  const closed = () => advanced.reduce((sum, { bucketsClosed }) => sum + bucketsClosed, 0);

  const replay = async (held: HeldRows): Promise<void> => {
    if (held.span === undefined) return;
    const sessions = clockSessions(clocks, held.mayMarkDirty);
    const say = replayProgress(shell, held.span, flags.speed, closed);
    const { last } = held.span;
    let lazyAt = performance.now();
    await play(held, {
      speed: flags.speed,
      clock,
      signal: shell.signal,
      wall: () => performance.now(),
      onStep: async (at) => {
        const updates: Promise<void>[] = [];
        const lazily = at >= last || performance.now() - lazyAt >= lazyEveryMs;
        if (lazily) lazyAt = performance.now();
        for (const { clock: one, session } of sessions) {
          const result = await advance(one, {
            instruments: held.instruments,
            session,
            lazily,
            watermark: (instrument) => held.watermark(instrument),
            onComputed: (ranges) => {
              updates.push(service.closed(one.clock.name, ranges));
            },
          });
          advanced.push(countedResult(one, result));
        }
        await Promise.all(updates);
        say(at);
      },
    });
    shell.signal.throwIfAborted();
  };
  /** However it ends, jobs and service end before the engine does. */
  const ingestAndServe = async (): Promise<IngestSummary> => {
    try {
      const read = await ingest({
        engine,
        project,
        format,
        files: flags.replay,
        folder: process.cwd(),
        options,
        ...(flags.maxRejects === undefined ? {} : { maxRejects: flags.maxRejects }),
        now: Date.now,
        onProgress: ingestProgress(shell.progress),
        replay,
        afterStore: async () => closed(),
      });
      clock.end();
      shell.progress.line(
        `replayed ${countText(read.stored)} rows, ${plural(closed(), "bucket")} closed (${read.seconds.toFixed(1)} s)`,
      );
      while (flags.exit !== true && !shell.signal.aborted) {
        await delay(3_600_000, undefined, { signal: shell.signal }).catch(() => undefined);
      }
      return read;
    } finally {
      await stopJobs?.();
      await service.close();
    }
  };
  const summary = await ingestAndServe();
  const { read, stored, duplicate, rejected, late, seconds } = summary;
  const warnings = [
    ...withoutSizeWarnings([...new Set(advanced.flatMap(({ withoutSize }) => withoutSize))]),
    ...notRecomputableWarnings(advanced),
    ...breachWarnings(
      project,
      advanced.flatMap(({ breaches }) => breaches),
    ),
  ];
  const result = {
    url: service.url,
    read,
    stored,
    duplicate,
    rejected,
    late,
    bucketsClosed: closed(),
    seconds,
    warnings,
  };
  const failures = new Map(
    advanced.flatMap((one) => one.failures).map((failure) => [JSON.stringify(failure.instrument), failure]),
  );
  return {
    result,
    text: () =>
      `${countText(read)} rows read, ${countText(stored)} stored; ${plural(closed(), "bucket")} closed and served; ${seconds.toFixed(1)} s.\n`,
    warnings,
    errors: failureErrors([...failures.values()]),
  };
}

/** The format that the names of these files tell. */
async function formatOfFiles(args: readonly string[]): Promise<FormatName> {
  const files = await expandPaths(args, process.cwd());
  const [format, ...others] = new Set(files.map(({ given }) => formatOfName(given)));
  if (format !== undefined && others.length === 0) return format;
  throw new FeatureError(
    "FS_CLI_USAGE",
    "The names of the files do not tell their format, or tell several.",
    {
      hint: "Name it with --format; one replay reads files of one format.",
    },
  );
}

const everyMs = 5000;

function replayProgress(
  shell: Shell,
  { first, last }: { readonly first: number; readonly last: number },
  speed: number,
  closed: () => number,
): (at: number) => void {
  const time = (ms: number) => new Date(ms).toISOString().slice(0, 19).replace("T", " ");
  shell.progress.line(`replaying ${time(first)} to ${time(last)}, ${countText(speed)} times as fast`);
  let shown = performance.now();
  return (at) => {
    if (performance.now() - shown < everyMs) return;
    shown = performance.now();
    shell.progress.line(`${time(at)}: ${plural(closed(), "bucket")} closed`);
  };
}
