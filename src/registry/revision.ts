/** - `abandoned`: it failed, and what it had built was taken back. */
export type RevisionState = "running" | "applied" | "failed" | "abandoned";

/** One link of the chain of what was applied. */
export interface Revision {
  readonly id: number;
  readonly parent: number;
  readonly kind: "apply" | "rollback" | "repair" | "prune";
  /** `NNNN_slug`; of what has no migration, what it was about: `to revision 3`, `view vpin to 1a2b3c4d`. */
  readonly migration: string;
  /**
   * The versions of views and vectors that are live after it, `kind:name@hash`, in order. While a rollback runs: those that it
   * leads to.
   */
  readonly live: readonly string[];
  readonly planHash: string;
  readonly chain: string;
  readonly state: RevisionState;
  readonly error: string;
  readonly toolVersion: string;
  /** UTC, `YYYY-MM-DD hh:mm:ss.sss`. */
  readonly startedAt: string;
  readonly finishedAt: string | null;
}

/**
 * - `announced`: it comes next, with others that are sent without a line before each.
 * - `skipped`: the probe found it done.
 */
export type JournalState = "announced" | "started" | "done" | "skipped" | "failed";

/** What the journal says of a step, or of a chunk of it: its last state. */
export interface JournalEntry {
  readonly step: number;
  /** 0: the step itself. */
  readonly chunk: number;
  readonly name: string;
  readonly state: JournalState;
  /** Something of it was sent to the engine, then or in an earlier run. */
  readonly begun: boolean;
  /** Something of it may have been sent: whether it was, only a look at the database can say. */
  readonly announced: boolean;
  readonly params: Readonly<Record<string, string>>;
  readonly error: string;
}
