import type { CommandModule } from "./command-module.js";

interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<CommandModule>;
}

/** Every command with its line in `feature --help`; its file is loaded when the command is named. */
export const commandList: readonly CommandEntry[] = [
  {
    name: "init",
    summary: "write a new project: features.yaml, stock views, a vector, jobs",
    load: () => import("./commands/init.js"),
  },
  {
    name: "validate",
    summary: "check every spec with an in-memory engine; no server needed",
    load: () => import("./commands/validate.js"),
  },
  {
    name: "diff",
    summary: "what `apply` would change, why, at what cost, and what depends on it",
    load: () => import("./commands/diff.js"),
  },
  {
    name: "apply",
    summary: "bring the target to what the specs say: migrations, tables, views",
    load: () => import("./commands/apply.js"),
  },
  {
    name: "rollback",
    summary: "switch readers back to versions that were live before",
    load: () => import("./commands/rollback.js"),
  },
  {
    name: "prune",
    summary: "drop versions past their retention",
    load: () => import("./commands/prune.js"),
  },
  {
    name: "status",
    summary: "what is deployed, what is pending, how fresh each instrument is",
    load: () => import("./commands/status.js"),
  },
  {
    name: "history",
    summary: "the chain of applied revisions",
    load: () => import("./commands/history.js"),
  },
  {
    name: "ingest",
    summary: "load recorded market data, cut buckets, compute features",
    load: () => import("./commands/ingest.js"),
  },
  {
    name: "buckets",
    summary: "cut stored trades into buckets; show, calibrate or rebuild buckets",
    load: () => import("./commands/buckets.js"),
  },
  {
    name: "labels",
    summary: "compute labels whose horizon has passed",
    load: () => import("./commands/labels.js"),
  },
  {
    name: "fetch",
    summary: "write a point-in-time training set to a file",
    load: () => import("./commands/fetch.js"),
  },
  {
    name: "split",
    summary: "split a training set into purged folds",
    load: () => import("./commands/split.js"),
  },
  {
    name: "evaluate",
    summary: "score predictions against outcomes",
    load: () => import("./commands/evaluate.js"),
  },
  {
    name: "verify",
    summary: "recompute from raw data and compare with what is stored",
    load: () => import("./commands/verify.js"),
  },
  {
    name: "models",
    summary: "train, check, register and roll out models",
    load: () => import("./commands/models.js"),
  },
  {
    name: "serve",
    summary: "the HTTP service: latest rows, sequences, point-in-time reads, events",
    load: () => import("./commands/serve.js"),
  },
  {
    name: "up",
    summary: "ingest, compute and serve in one process; recordings played back",
    load: () => import("./commands/up.js"),
  },
  {
    name: "keys",
    summary: "make API keys for the service",
    load: () => import("./commands/keys.js"),
  },
  {
    name: "jobs",
    summary: "scheduled jobs: list them, run one now, start the scheduler",
    load: () => import("./commands/jobs.js"),
  },
  {
    name: "sql",
    summary: "run a query on the target and print a table",
    load: () => import("./commands/sql.js"),
  },
  {
    name: "demo",
    summary: "the whole chain on a simulated market, in a temporary folder",
    load: () => import("./commands/demo.js"),
  },
];
