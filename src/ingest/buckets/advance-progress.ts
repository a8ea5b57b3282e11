export interface AdvanceProgress {
  readonly stage: "cut" | "close" | "recompute";
  /** Trades in stage `cut`, buckets in the others. */
  readonly done: number;
  readonly instrument?: string;
}
