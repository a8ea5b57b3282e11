export interface AdvanceProgress {
  readonly stage: "cut" | "close" | "recompute" | "lazy";
  /** Trades in stage `cut`, buckets in the others. */
  readonly done: number;
  readonly instrument?: string;
}
