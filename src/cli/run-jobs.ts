import { FeatureError } from "../errors.js";
import { nextDue } from "../jobs/cron.js";
import { isRunning, type JobRun, lastRuns } from "../jobs/history.js";
import { runJob } from "../jobs/run-job.js";
import { suggest } from "../spec/suggest.js";
import type { Context } from "./context.js";
import { deployedCatalog } from "./deployed-catalog.js";
import { checkedJobs, openJobs, runSeconds, scheduleJobs, timeText } from "./job-scheduler.js";
import type { Outcome } from "./outcome.js";
import { renderTable } from "./render-table.js";
import type { Shell } from "./shell.js";

export async function listJobs(context: Context): Promise<Outcome> {
  const jobs = checkedJobs(context);
  await deployedCatalog(context);
  const { engine, project } = context;
  const known = await lastRuns(engine, project);
  const rows = jobs.map((job) => {
    const last = known.get(job.name);
    return {
      job: job.name,
      description: job.description,
      schedule: job.schedule,
      timezone: job.timezone,
      action: job.action.kind === "sql" ? "sql" : job.action.handler,
      nextDue: timeText(nextDue(job)),
      last:
        last === undefined ? null : runDocument(asItEnded(last, isRunning(engine, job, last, Date.now()))),
    };
  });
  return {
    result: { jobs: rows },
    text: () =>
      rows.length === 0
        ? "No jobs: jobs/ has no file.\n"
        : renderTable(
            ["job", "does", "schedule", "time zone", "due next (UTC)", "last run (UTC)", "state"],
            rows.map(({ last, ...row }) => [
              row.job,
              row.action,
              row.schedule,
              row.timezone,
              row.nextDue ?? "never",
              last?.startedAt ?? "never",
              last === null ? "" : `${last.state}${last.message === "" ? "" : `: ${last.message}`}`,
            ]),
          ),
  };
}

export async function runNow(context: Context, shell: Shell, name: string): Promise<Outcome> {
  const jobs = checkedJobs(context);
  const job = jobs.find((one) => one.name === name);
  if (job === undefined) {
    const near = suggest(
      name,
      jobs.map((one) => one.name),
    );
    const hint = near === undefined ? undefined : `Did you mean ${near}?`;
    throw new FeatureError("FS_JOBS_UNKNOWN", `The project has no job ${name}.`, {
      object: name,
      ...(hint === undefined ? {} : { hint }),
    });
  }
  const jobContext = await openJobs(context, "jobs run");
  const running = runJob({
    context: jobContext,
    job,
    trigger: "manual",
    dueAt: jobContext.now(),
    signal: shell.signal,
  });
  // Told to stop, what came of it is recorded before the engine is closed.
  const release = shell.onInterrupt(async () => void (await running));
  const run = await running.finally(release);
  const failure = new FeatureError("FS_JOBS_FAILED", `${name}: ${run.state}, ${run.message}`, {
    object: name,
  });
  return {
    result: { run: runDocument(run) },
    text: () => (run.state === "done" ? `${name}: ${run.message} (${runSeconds(run)} s)\n` : ""),
    ...(run.state === "done" ? {} : { errors: [failure] }),
  };
}

/** Runs until the process is told to stop; the shell's signal then ends it. */
export async function runScheduler(context: Context, shell: Shell): Promise<Outcome> {
  const jobs = checkedJobs(context);
  if (jobs.length === 0)
    throw new FeatureError("FS_JOBS_UNKNOWN", "The project has no jobs: jobs/ has no file.");
  const stop = await scheduleJobs(await openJobs(context, "jobs start"), shell, jobs);
  await new Promise<void>((resolve) =>
    shell.signal.addEventListener("abort", () => resolve(), { once: true }),
  );
  await stop();
  return { result: { jobs: jobs.map(({ name }) => name) }, text: () => "" };
}

/** A run that says it is running, though nothing does: its process ended first. */
function asItEnded(last: JobRun, isAlive: boolean): JobRun {
  if (last.state !== "running" || isAlive) return last;
  return { ...last, state: "lost", message: "its process ended before it did" };
}

function runDocument({ id, startedAt, finishedAt, dueAt, ...run }: JobRun) {
  return {
    id,
    ...run,
    dueAt: timeText(dueAt),
    startedAt: timeText(startedAt),
    finishedAt: timeText(finishedAt),
  };
}
