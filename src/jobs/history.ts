/** The table `job_runs`: what ran when, and what came of it. */
import type { Reader } from "../engine/port.js";
import { quoteName } from "../schema/quote.js";
import type { JobSpec, Project } from "../spec/model.js";
import { sqlTemplate } from "../sql-template.js";
import type { JobContext } from "./handler.js";

const lastRunsSql = sqlTemplate(import.meta.url, "last-runs");

/**
 * `missed`: it was due while nothing could run it, and was left out. `stopped`: the process was told to end. `lost`: it is recorded as
 * running, and its process is gone; never stored.
 */
export type RunState = "running" | "done" | "failed" | "timeout" | "stopped" | "missed" | "lost";

export interface JobRun {
  readonly id: string;
  readonly job: string;
  readonly trigger: "schedule" | "manual" | "missed";
  /** From 1; one more for each retry. */
  readonly attempt: number;
  /** Epoch ms. */
  readonly dueAt: number;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  readonly state: RunState;
  /** What came of it, or what went wrong. */
  readonly message: string;
}

/** A run that says it is running is believed for so long when the job has no time-out of its own. */
const believedMs = 3_600_000;

export async function recordRun({ engine, specs, owner }: JobContext, run: JobRun): Promise<void> {
  const one = (name: string, type: string, value: unknown) => ({ name, type, values: [value] });
  const time = "DateTime64(3, 'UTC')";
  await engine.insert(tableName(specs.project), {
    rows: 1,
    columns: [
      one("job", "String", run.job),
      one("run_id", "String", run.id),
      one("attempt", "UInt16", run.attempt),
      one("trigger", "String", run.trigger),
      one("due_at", time, BigInt(run.dueAt)),
      one("started_at", time, BigInt(run.startedAt)),
      one("finished_at", `Nullable(${time})`, run.finishedAt === null ? null : BigInt(run.finishedAt)),
      one("state", "String", run.state),
      one("message", "String", run.message),
      one("owner", "String", owner),
      one("v", "UInt64", run.state === "running" ? 1n : 2n),
    ],
  });
}

interface LastRunRow {
  readonly run_id: string;
  readonly job: string;
  readonly trigger: JobRun["trigger"];
  readonly attempt: number;
  readonly due_ms: string;
  readonly started_ms: string;
  readonly finished_ms: string | null;
  readonly state: RunState;
  readonly message: string;
}

/** The last attempt of each job that ever ran, by name. */
export async function lastRuns(engine: Reader, project: Project): Promise<ReadonlyMap<string, JobRun>> {
  const rows = await engine.rows<LastRunRow>(lastRunsSql({ runs: quoteName(tableName(project)) }));
  return new Map(
    rows.map((row) => [
      row.job,
      {
        id: row.run_id,
        job: row.job,
        trigger: row.trigger,
        attempt: row.attempt,
        dueAt: Number(row.due_ms),
        startedAt: Number(row.started_ms),
        finishedAt: row.finished_ms === null ? null : Number(row.finished_ms),
        state: row.state,
        message: row.message,
      },
    ]),
  );
}

/**
 * Whether a process runs the job, as its last run says. An embedded directory has one process, which is this one, so a run that is
 * recorded there as running is what a crash left.
 */
export function isRunning(
  { kind }: Pick<Reader, "kind">,
  job: JobSpec,
  last: JobRun | undefined,
  now: number,
): boolean {
  if (kind === "embedded") return false;
  return last?.state === "running" && now - last.startedAt < (job.timeoutMs ?? believedMs);
}

function tableName(project: Project): { database: string; name: string } {
  return { database: project.databases.features, name: "job_runs" };
}
