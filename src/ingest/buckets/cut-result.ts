import type { PendingBucket } from "./batches.js";

/** What cutting one instrument came to. */
export interface CutResult {
  readonly trades: number;
  readonly buckets: readonly PendingBucket[];
  /** False for an instrument without a size: stored, but not cut. */
  readonly hasSize: boolean;
}
