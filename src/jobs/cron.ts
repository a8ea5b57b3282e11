/** Cron fields: whether they can be read, when they are due next, and whether they were due in between. */
import { createTask, schedule, validateDetailed } from "node-cron";
import { FeatureError } from "../errors.js";
import type { JobSpec } from "../spec/model.js";

/** What is wrong with the schedules of jobs, each with its place. */
export function scheduleFindings(jobs: readonly JobSpec[]): FeatureError[] {
  return jobs.flatMap(({ name, schedule, scheduleAt }) => {
    const { valid, errors } = validateDetailed(schedule);
    if (valid) return [];
    const why = errors.map(({ field, message }) => `${field}: ${message}`).join("; ");
    return [
      new FeatureError("FS_SPEC_VALUE", `the schedule "${schedule}" of ${name} cannot be read: ${why}`, {
        object: name,
        at: scheduleAt,
        hint: 'Write minute, hour, day, month and weekday, such as "15 0 * * *".',
      }),
    ];
  });
}

/** The next moment that the job is due; epoch ms, null for fields that never come. */
export function nextDue(job: JobSpec): number | null {
  // Only a task that was started knows; it is gone before it could run.
  const task = schedule(job.schedule, () => undefined, { timezone: job.timezone });
  const next = task.getNextRun();
  void task.destroy();
  return next?.getTime() ?? null;
}

const minute = 60_000;
/** Further back than this nobody waits for a run that was missed. */
const longestLookBack = 31 * 86_400_000;

/** The last moment in `(since, until]` that the job was due, to the minute (to the second with six fields); else undefined. */
export function lastDue(job: JobSpec, since: number, until: number): number | undefined {
  const hasSeconds = job.schedule.trim().split(/\s+/).length === 6;
  const step = hasSeconds ? 1_000 : minute;
  const task = createTask(job.schedule, () => undefined, { timezone: job.timezone });
  try {
    const from = Math.max(since, until - (hasSeconds ? 86_400_000 : longestLookBack));
    for (let at = Math.floor(until / step) * step; at > from; at -= step) {
      if (task.match(new Date(at))) return at;
    }
    return undefined;
  } finally {
    void task.destroy();
  }
}
