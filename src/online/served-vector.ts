import type { StoredVector } from "../compile/stored-vector.js";
import { vectorColumnName } from "../compile/vector.js";
import { type VectorVersion, vectorIdentity } from "../compile/vector-identity.js";
import type { TableName } from "../schema/object.js";
import type { VectorSpec } from "../spec/model.js";

/** A vector that is kept in memory: what of its spec and of its deployed version readers need. */
export interface ServedVector extends StoredVector {
  readonly name: string;
  readonly description: string;
  readonly clock: string;
  /** Rows that are kept of each instrument. */
  readonly history: number;
  /** A row that was known longer ago than this is stale. */
  readonly maxAgeMs: number;
  readonly lagMs: number;
  /** What a model's input looks like: names, order, types, null rules; 64 hex digits. */
  readonly signature: string;
  /** What the numbers mean: the data hash of the version whose table is read; 64 hex digits. */
  readonly fingerprint: string;
}

/** A vector of the specs in the version whose table and columns are given; both agree on the features. */
export function servedVector(
  vector: VectorSpec,
  version: VectorVersion & { readonly table: TableName },
): ServedVector {
  const { name, description, clock, history, maxAgeMs, lagMs, features } = vector;
  return {
    name,
    description,
    clock,
    history,
    maxAgeMs,
    lagMs,
    table: version.table,
    features: features.map(({ view, column }) => vectorColumnName(view, column)),
    ...vectorIdentity(vector, version),
  };
}
