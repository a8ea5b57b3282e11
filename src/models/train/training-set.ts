/** Rows to fit a model to, in the order in which they became known. */
import type { InstrumentKey } from "../../spec/model.js";

export interface TrainingRow {
  /** Epoch ms: when the features were known, and when the label was. */
  readonly availableAt: number;
  readonly labelEnd: number;
  readonly label: number;
  readonly rawReturn: number;
  /** In the vector's order; null for NULL. */
  readonly features: readonly (number | null)[];
}

/** A row, and the bucket that it is of. */
export interface BucketRow extends TrainingRow {
  readonly instrument: InstrumentKey;
  readonly bucketId: number;
}

/** Rows whose label was known before `moment`: what a model that is used from then on may have seen. */
export function knownBefore(rows: readonly TrainingRow[], moment: number): TrainingRow[] {
  return rows.filter(({ labelEnd }) => labelEnd < moment);
}
