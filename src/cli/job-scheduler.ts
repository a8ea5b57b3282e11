import { Findings } from "../errors.js";
import { scheduleFindings } from "../jobs/cron.js";
import type { JobContext } from "../jobs/handler.js";
import type { JobRun } from "../jobs/history.js";
import { type SchedulerEvent, startScheduler } from "../jobs/scheduler.js";
import type { JobSpec } from "../spec/model.js";
import type { Context } from "./context.js";
import { plural } from "./count-text.js";
import { deployedCatalog } from "./deployed-catalog.js";
import type { Shell } from "./shell.js";
import { writerName } from "./writing.js";

/**
 * Runs a project's jobs when they are due, until the function that it returns is called, or a signal comes. What happens is told as
 * progress.
 */
export async function scheduleJobs(
  context: JobContext,
  shell: Shell,
  jobs: readonly JobSpec[],
): Promise<() => Promise<void>> {
  const scheduler = await startScheduler({
    context,
    jobs,
    onEvent: (event) => shell.progress.line(describeEvent(event)),
  });
  // Before the engine is closed, which was registered first: releases run newest first.
  const release = shell.onInterrupt(() => scheduler.stop());
  shell.progress.line(`${plural(jobs.length, "job")} scheduled: ${jobs.map(({ name }) => name).join(", ")}`);
  return async () => {
    await scheduler.stop();
    release();
  };
}

/** @throws Findings on schedules that can not be read */
export function checkedJobs({ specs }: Context): readonly JobSpec[] {
  const findings = scheduleFindings(specs.jobs);
  if (findings.length > 0) throw new Findings(findings);
  return specs.jobs;
}

export async function openJobs(context: Context, command: string): Promise<JobContext> {
  const { catalog } = await deployedCatalog(context);
  const { engine, specs } = context;
  return { engine, specs, catalog, owner: writerName(command), now: Date.now };
}

export const timeText = (at: number | null) =>
  at === null ? null : new Date(at).toISOString().replace("T", " ").replace("Z", "");

export const runSeconds = ({ startedAt, finishedAt }: JobRun) =>
  (((finishedAt ?? startedAt) - startedAt) / 1000).toFixed(1);

function describeEvent(event: SchedulerEvent): string {
  switch (event.kind) {
    case "ended":
      return `${event.run.job} ${event.run.state} after ${runSeconds(event.run)} s: ${event.run.message}`;
    case "left out":
      return `${event.job} was left out at ${timeText(event.dueAt)}: ${event.reason}`;
    case "broken":
      return `${event.job} could not be run: ${event.error.message}`;
  }
}
