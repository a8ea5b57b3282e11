import { FeatureError, Findings } from "../errors.js";
import { nextDue, scheduleFindings } from "../jobs/cron.js";
import type { JobContext } from "../jobs/handler.js";
import { type JobRun, lastRuns } from "../jobs/history.js";
import { runJob } from "../jobs/run-job.js";
import { type SchedulerEvent, startScheduler } from "../jobs/scheduler.js";
import type { JobSpec } from "../spec/model.js";
import { suggest } from "../spec/suggest.js";
import type { Context } from "./context.js";
import { plural } from "./count-text.js";
import { deployedCatalog } from "./deployed-catalog.js";
import type { Outcome } from "./outcome.js";
import { renderTable } from "./render-table.js";
import type { Shell } from "./shell.js";
import { writerName } from "./writing.js";

const timeText = (at: number | null) =>
  at === null ? null : new Date(at).toISOString().replace("T", " ").replace("Z", "");

export async function listJobs(context: Context): Promise<Outcome> {
  const { jobs } = checkedJobs(context);
  await deployedCatalog(context);
  const known = await lastRuns(context.engine, context.project);
  const rows = jobs.map((job) => {
    const last = known.get(job.name);
    return {
      job: job.name,
      description: job.description,
      schedule: job.schedule,
      timezone: job.timezone,
      action: job.action.kind === "sql" ? "sql" : job.action.handler,
      nextDue: timeText(nextDue(job)),
      last: last === undefined ? null : runDocument(last),
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
  const { jobs } = checkedJobs(context);
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
  const run = await runJob({
    context: jobContext,
    job,
    trigger: "manual",
    dueAt: jobContext.now(),
    signal: shell.signal,
  });
  const failure = new FeatureError("FS_JOBS_FAILED", `${name} ${run.state}: ${run.message}`, {
    object: name,
  });
  return {
    result: { run: runDocument(run) },
    text: () => (run.state === "done" ? `${name}: ${run.message} (${seconds(run)} s)\n` : ""),
    ...(run.state === "done" ? {} : { errors: [failure] }),
  };
}

/** Runs until the process is told to stop; the shell's signal then ends it. */
export async function runScheduler(context: Context, shell: Shell): Promise<Outcome> {
  const { jobs } = checkedJobs(context);
  if (jobs.length === 0)
    throw new FeatureError("FS_JOBS_UNKNOWN", "The project has no jobs: jobs/ has no file.");
  const jobContext = await openJobs(context, "jobs start");
  const scheduler = await startScheduler({
    context: jobContext,
    jobs,
    onEvent: (event) => shell.progress.line(describeEvent(event)),
  });
  // Before the engine is closed, which was registered first: releases run newest first.
  const release = shell.onInterrupt(() => scheduler.stop());
  shell.progress.line(`${plural(jobs.length, "job")} scheduled: ${jobs.map(({ name }) => name).join(", ")}`);
  await new Promise<void>((resolve) =>
    shell.signal.addEventListener("abort", () => resolve(), { once: true }),
  );
  await scheduler.stop();
  release();
  return { result: { jobs: jobs.map(({ name }) => name) }, text: () => "" };
}

function checkedJobs({ specs }: Context): { readonly jobs: readonly JobSpec[] } {
  const findings = scheduleFindings(specs.jobs);
  if (findings.length > 0) throw new Findings(findings);
  return { jobs: specs.jobs };
}

async function openJobs(context: Context, command: string): Promise<JobContext> {
  const { catalog } = await deployedCatalog(context);
  const { engine, specs } = context;
  return { engine, specs, catalog, owner: writerName(command), now: Date.now };
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

const seconds = ({ startedAt, finishedAt }: JobRun) =>
  (((finishedAt ?? startedAt) - startedAt) / 1000).toFixed(1);

function describeEvent(event: SchedulerEvent): string {
  switch (event.kind) {
    case "ended":
      return `${event.run.job} ${event.run.state} after ${seconds(event.run)} s: ${event.run.message}`;
    case "left out":
      return `${event.job} was left out at ${timeText(event.dueAt)}: ${event.reason}`;
    case "broken":
      return `${event.job} could not be run: ${event.error.message}`;
  }
}
