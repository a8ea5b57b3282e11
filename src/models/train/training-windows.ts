import { instrumentName } from "../../spec/model.js";
import type { ModelRow } from "../model-row.js";
import type { BucketRow } from "./training-set.js";

/** A row with a class, and what a model is shown of it: rows of consecutive buckets, the oldest first, itself the last. */
export interface TrainingWindow {
  readonly row: BucketRow;
  readonly window: readonly ModelRow[];
}

/**
 * The windows of `steps` rows that end with each row of `rows`, in their order; rows without so many consecutive buckets behind them
 * have none.
 * @param stored by instrument, its rows in the order of their buckets, with a class or without
 */
export function trainingWindows(
  rows: readonly BucketRow[],
  stored: ReadonlyMap<string, readonly ModelRow[]>,
  steps: number,
): TrainingWindow[] {
  const places = new Map(
    [...stored].map(([name, list]) => [name, new Map(list.map(({ bucketId }, at) => [bucketId, at]))]),
  );
  return rows.flatMap((row): TrainingWindow[] => {
    const name = instrumentName(row.instrument);
    const end = places.get(name)?.get(row.bucketId);
    const list = stored.get(name);
    if (end === undefined || list === undefined) return [];
    const window = list.slice(Math.max(0, end - steps + 1), end + 1);
    const isWhole = window.length === steps && window[0]?.bucketId === row.bucketId - steps + 1;
    return isWhole ? [{ row, window }] : [];
  });
}
