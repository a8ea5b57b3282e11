/** What a check is given and what it says. */
import type { Catalog, CompiledClock, CompiledObject } from "../compile/catalog.js";
import type { Reader } from "../engine/port.js";
import type { Clock, InstrumentKey, Project, ProjectSpecs } from "../spec/model.js";

export interface VerifyOptions {
  /** Buckets of each instrument whose values are computed again; undefined: all. */
  readonly sample: number | undefined;
  /** Another seed takes other buckets; the same one takes the same. */
  readonly seed: number;
  /** Only buckets that end in `(from, to]`; epoch ms. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** Only these; undefined: every instrument that has buckets. */
  readonly instruments: readonly InstrumentKey[] | undefined;
}

/** A closed bucket that is complete on the hot path. */
export interface SampledBucket {
  readonly instrument: InstrumentKey;
  readonly id: number;
  /** Epoch ms. */
  readonly start: number;
  readonly end: number;
  readonly availableAt: number;
  /** Raw rows of the bucket may have passed their retention: what differs cannot be held against anyone. */
  readonly isPastRetention: boolean;
  /** Whether raw data still holds the trades that the bucket was closed with; false: some are gone, or there are others. */
  readonly hasItsTrades: boolean;
}

/** One clock under verification. */
export interface VerifiedClock {
  readonly clock: Clock;
  readonly compiled: CompiledClock;
  /** What is stored of this clock, upstream first. */
  readonly objects: readonly CompiledObject[];
  /** In order of instrument and id. */
  readonly sample: readonly SampledBucket[];
}

/** A row's values as texts: its bounds, then its columns. */
export interface Row {
  /** When the row was known; epoch ms. */
  readonly availableAt: number;
  readonly cells: readonly string[];
}

/** Rows by bucket; more than one is a defect that the comparison names. */
export type Rows = ReadonlyMap<number, readonly Row[]>;

/** Rows of some buckets of one instrument, computed again; undefined for what cannot be. */
export type Recomputed = (
  object: CompiledObject,
  buckets: readonly SampledBucket[],
) => Promise<Rows | undefined>;

export interface VerifyContext {
  readonly engine: Reader;
  readonly specs: ProjectSpecs;
  readonly project: Project;
  readonly catalog: Catalog;
  readonly clocks: readonly VerifiedClock[];
  readonly options: VerifyOptions;
  readonly recomputed: Recomputed;
  /** Called as often as something was done; `total` is known beforehand. */
  readonly onProgress: (check: string, done: number, total: number) => void;
}

/** A value that is not what it should be. Texts as the engine writes them; null is NULL, or a row that is not there. */
export interface ColumnDifference {
  readonly column: string;
  readonly expected: string | null;
  readonly found: string | null;
}

export interface Finding {
  /** What it is about: `view order_flow`, `clock ubt`. */
  readonly object: string;
  /** `exchange/market_type/symbol`. */
  readonly instrument: string;
  readonly bucketId: number | null;
  readonly message: string;
  readonly columns?: readonly ColumnDifference[];
}

export interface CheckResult {
  /** What was looked at: rows of views, buckets, or expectations. */
  readonly checked: number;
  readonly failed: number;
  /** Of `checked`, those that cannot be computed again because raw data is past its retention. Never green. */
  readonly notRecomputable: number;
  /** The first failures, at most `maxFindings` of them. */
  readonly findings: readonly Finding[];
}

export interface Check {
  readonly name: string;
  readonly summary: string;
  run(context: VerifyContext): Promise<CheckResult>;
}

/** More of one kind of failure than this teaches nobody anything. */
export const maxFindings = 50;
