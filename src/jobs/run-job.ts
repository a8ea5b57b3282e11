/** One run of a job: attempts, time-out and history. */
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { FeatureError } from "../errors.js";
import { isJobHandler } from "../spec/job-handlers.js";
import type { JobSpec } from "../spec/model.js";
import type { JobContext } from "./handler.js";
import { handlers } from "./handlers.js";
import { isRunning, type JobRun, lastRuns, recordRun } from "./history.js";

export interface RunRequest {
  readonly context: JobContext;
  readonly job: JobSpec;
  readonly trigger: JobRun["trigger"];
  /** When it should have run; epoch ms. */
  readonly dueAt: number;
  /** Aborted when the process is told to stop: no further attempt is made. */
  readonly signal: AbortSignal;
}

/** How long a backoff may become, however often it has doubled. */
const longestBackoffMs = 3_600_000;

/**
 * Runs the job now. A failing run comes back as such, with its message; what throws is only a job that runs already
 * (FS_JOBS_RUNNING), or a history that cannot be written.
 */
export async function runJob({ context, job, trigger, dueAt, signal }: RunRequest): Promise<JobRun> {
  const last = (await lastRuns(context.engine, context.specs.project)).get(job.name);
  if (isRunning(context.engine, job, last, context.now())) {
    throw new FeatureError("FS_JOBS_RUNNING", `the job ${job.name} is running`, { object: job.name });
  }
  const id = randomUUID();
  for (let attempt = 1; ; attempt++) {
    const begun: JobRun = {
      id,
      job: job.name,
      trigger,
      attempt,
      dueAt,
      startedAt: context.now(),
      finishedAt: null,
      state: "running",
      message: "",
    };
    await recordRun(context, begun);
    const ended = { ...(await attemptOnce(context, job, begun, signal)), finishedAt: context.now() };
    await recordRun(context, ended);
    const isLast = ended.state === "done" || attempt > job.retry.times || signal.aborted;
    if (isLast) return ended;
    const backoff = Math.min(job.retry.backoffMs * 2 ** (attempt - 1), longestBackoffMs);
    await wait(backoff, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return ended;
  }
}

async function attemptOnce(
  context: JobContext,
  job: JobSpec,
  begun: JobRun,
  stop: AbortSignal,
): Promise<JobRun> {
  const timeout = job.timeoutMs === undefined ? undefined : AbortSignal.timeout(job.timeoutMs);
  const signal = timeout === undefined ? stop : AbortSignal.any([stop, timeout]);
  try {
    // A statement that runs cannot be called back: the run is over when it has ended, and a late success is none.
    const message = await carryOut(context, job, signal);
    if (timeout?.aborted !== true) return { ...begun, state: "done", message };
  } catch (error) {
    if (timeout?.aborted !== true) {
      if (stop.aborted) return { ...begun, state: "stopped", message: "it was told to stop" };
      const message = error instanceof Error ? error.message : String(error);
      return {
        ...begun,
        state: "failed",
        message: error instanceof FeatureError ? `${error.code}: ${message}` : message,
      };
    }
  }
  return { ...begun, state: "timeout", message: `it took longer than ${job.timeoutMs} ms` };
}

async function carryOut(context: JobContext, job: JobSpec, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  if (job.action.kind === "sql") {
    await context.engine.execute(job.action.sql);
    return "the statement has run";
  }
  const { handler, with: values } = job.action;
  if (!isJobHandler(handler)) throw new FeatureError("FS_INTERNAL", `no handler ${handler}`);
  return handlers[handler]({ context, with: values, signal });
}
