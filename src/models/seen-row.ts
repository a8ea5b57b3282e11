import { type ModelRow, rawValue } from "./model-row.js";
import type { LoadedVersion } from "./served-model.js";

/** What of the newest row is needed after the run: rows of a ring are views that the next bucket overwrites. */
export interface SeenRow extends Pick<ModelRow, "bucketId" | "availableAt"> {
  /** Raw values of the features that the contract's decision asks for; null for NULL. */
  readonly reward: number | null;
  readonly spread: number | null;
}

export function seenRow(
  { registered, model }: LoadedVersion,
  row: ModelRow | undefined,
): SeenRow | undefined {
  if (row === undefined) return undefined;
  const { decision } = registered.contract;
  const { features } = model.plan;
  const reward = decision?.reward.kind === "feature" ? decision.reward.feature : undefined;
  const spread = decision?.spread?.feature;
  return {
    bucketId: row.bucketId,
    availableAt: row.availableAt,
    reward: reward === undefined ? null : rawValue(row, features.indexOf(reward)),
    spread: spread === undefined ? null : rawValue(row, features.indexOf(spread)),
  };
}
