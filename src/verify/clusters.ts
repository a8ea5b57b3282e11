/** Sampled buckets → groups that one statement computes: what lies between two buckets of a group is read too. Pure. */
import { instrumentName } from "../spec/model.js";
import type { SampledBucket } from "./check.js";

/** Buckets of one instrument that are close in time, in order of id. */
export type Cluster = readonly SampledBucket[];

export interface ClusterLimits {
  /** The longest stretch of time that is read for nothing. */
  readonly gapMs: number;
  readonly buckets: number;
}

export const clusterLimits: ClusterLimits = { gapMs: 1_800_000, buckets: 500 };

export function clusters(sample: readonly SampledBucket[], { gapMs, buckets }: ClusterLimits): Cluster[] {
  const groups: SampledBucket[][] = [];
  let name = "";
  for (const bucket of sample) {
    const own = instrumentName(bucket.instrument);
    const group = groups.at(-1);
    const last = group?.at(-1);
    const continues =
      group !== undefined &&
      last !== undefined &&
      own === name &&
      group.length < buckets &&
      bucket.start - last.end <= gapMs;
    if (continues) group.push(bucket);
    else groups.push([bucket]);
    name = own;
  }
  return groups;
}
