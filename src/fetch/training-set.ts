import type { TableName } from "../schema/object.js";

/** A version of a vector that is read: its table, and what a training set's manifest says about it. */
export interface FetchedVector {
  readonly name: string;
  readonly clock: string;
  readonly table: TableName;
  /** `<view>__<column>`, in the vector's order. */
  readonly features: readonly string[];
  readonly maxAgeMs: number;
  readonly lagMs: number;
  /** How a model's input looks; NULL where the specs no longer say it, for a version of an earlier revision. */
  readonly signature: string | null;
  /** What the numbers mean. */
  readonly fingerprint: string;
}

/** A version of a label that is put beside vectors. */
export interface FetchedLabel {
  readonly name: string;
  readonly clock: string;
  readonly table: TableName;
  readonly outputs: readonly { readonly name: string; readonly type: string }[];
  readonly fingerprint: string;
}

/** What one fetch reads. There is at least one vector. */
export interface TrainingSet {
  readonly vectors: readonly FetchedVector[];
  readonly labels: readonly FetchedLabel[];
}

/**
 * How the file names a vector's column. With several vectors each one's columns begin with its name, because two vectors may
 * hold the same feature.
 */
export function columnOf({ vectors }: TrainingSet, vector: FetchedVector, column: string): string {
  return vectors.length === 1 ? column : `${vector.name}__${column}`;
}

/** How the file names a label's output. */
export function outputOf(label: FetchedLabel, output: string): string {
  return `${label.name}__${output}`;
}

/** The vector whose bucket a label belongs to: the first of its clock. */
export function vectorOfLabel({ vectors }: TrainingSet, label: FetchedLabel): FetchedVector | undefined {
  return vectors.find((vector) => vector.clock === label.clock);
}
