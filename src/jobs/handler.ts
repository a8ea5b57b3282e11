import type { Catalog } from "../compile/catalog.js";
import type { Engine } from "../engine/port.js";
import type { JobValue, ProjectSpecs } from "../spec/model.js";

/** What every job runs with. */
export interface JobContext {
  readonly engine: Engine;
  readonly specs: ProjectSpecs;
  /** Compiled from `specs`, and deployed. */
  readonly catalog: Catalog;
  /** Who runs, for leases and the history. */
  readonly owner: string;
  /** Epoch ms. */
  readonly now: () => number;
}

/** One call of a handler. `signal` is aborted when the run's time is over: the handler stops before its next statement. */
export interface HandlerCall {
  readonly context: JobContext;
  readonly with: Readonly<Record<string, JobValue>>;
  readonly signal: AbortSignal;
}

/** Does the work and says in one line what came of it. Throws when it failed. */
export type JobHandler = (call: HandlerCall) => Promise<string>;
