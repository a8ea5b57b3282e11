/** Runs jobs when they are due, each at most once at a time, until it is stopped. */
import { schedule } from "node-cron";
import { FeatureError } from "../errors.js";
import type { JobSpec } from "../spec/model.js";
import { lastDue } from "./cron.js";
import type { JobContext } from "./handler.js";
import { type JobRun, lastRuns, recordRun } from "./history.js";
import { runJob } from "./run-job.js";

export type SchedulerEvent =
  | { readonly kind: "ended"; readonly run: JobRun }
  /** It was due while it still ran, here or elsewhere, or while nothing ran at all and `missed: skip`. */
  | { readonly kind: "left out"; readonly job: string; readonly dueAt: number; readonly reason: string }
  /** The run could not be recorded. */
  | { readonly kind: "broken"; readonly job: string; readonly error: Error };

export interface Scheduler {
  /** No job begins any more; those that run are told to stop, and are waited for. Idempotent. */
  stop(): Promise<void>;
}

export interface SchedulerOptions {
  readonly context: JobContext;
  readonly jobs: readonly JobSpec[];
  readonly onEvent: (event: SchedulerEvent) => void;
}

/** Makes up for missed runs as each job's `missed` says, then waits for the schedules. */
export async function startScheduler({ context, jobs, onEvent }: SchedulerOptions): Promise<Scheduler> {
  const controller = new AbortController();
  const running = new Map<string, Promise<void>>();

  const begin = (job: JobSpec, trigger: JobRun["trigger"], dueAt: number): void => {
    if (controller.signal.aborted) return;
    if (running.has(job.name)) {
      onEvent({ kind: "left out", job: job.name, dueAt, reason: "it still runs" });
      return;
    }
    const run = runJob({ context, job, trigger, dueAt, signal: controller.signal })
      .then((ended) => onEvent({ kind: "ended", run: ended }))
      .catch((thrown: unknown) => {
        const error = thrown instanceof Error ? thrown : new Error(String(thrown));
        if (error instanceof FeatureError && error.code === "FS_JOBS_RUNNING")
          onEvent({ kind: "left out", job: job.name, dueAt, reason: "another process runs it" });
        else onEvent({ kind: "broken", job: job.name, error });
      })
      .finally(() => running.delete(job.name));
    running.set(job.name, run);
  };

  const missed = async (job: JobSpec, dueAt: number): Promise<void> => {
    if (job.missed === "run_once") return begin(job, "missed", dueAt);
    const now = context.now();
    await recordRun(context, {
      id: `missed-${dueAt}`,
      job: job.name,
      trigger: "missed",
      attempt: 1,
      dueAt,
      startedAt: now,
      finishedAt: now,
      state: "missed",
      message: "it was due while no scheduler ran",
    });
    onEvent({ kind: "left out", job: job.name, dueAt, reason: "it was due while no scheduler ran" });
  };

  const known = await lastRuns(context.engine, context.specs.project);
  for (const job of jobs) {
    const last = known.get(job.name);
    const dueAt = last === undefined ? undefined : lastDue(job, last.startedAt, context.now());
    if (dueAt !== undefined) await missed(job, dueAt);
    // What the last scheduler was told to stop was due, and is not done.
    else if (last?.state === "stopped" && last.trigger !== "manual" && job.missed === "run_once")
      begin(job, "missed", last.dueAt);
  }
  const tasks = jobs.map((job) => {
    const task = schedule(job.schedule, ({ date }) => begin(job, "schedule", date.getTime()), {
      name: job.name,
      timezone: job.timezone,
      suppressMissedWarning: true,
    });
    // The process slept or was busy beyond the tolerance.
    task.on("execution:missed", ({ date }) => missed(job, date.getTime()));
    return task;
  });
  return {
    async stop() {
      controller.abort();
      for (const task of tasks) await task.destroy();
      await Promise.all(running.values());
    },
  };
}
