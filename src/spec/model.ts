/**
 * The frozen values that YAML files are parsed into. Everything behind spec/ works on these and never sees YAML.
 * Durations are in milliseconds; decimals stay strings, exactly as they were written.
 */
import type { Location } from "../errors.js";
import type { ModelContract } from "./model-contract.js";
import type { Scan } from "./scan.js";
import type { OverBins, StreamRows } from "./stream-rows.js";
import type { LetExpression, TimeRows } from "./time-windows.js";

export const marketTypes = ["spot", "linear", "inverse", "option"] as const;
export type MarketType = (typeof marketTypes)[number];

/** (exchange, market_type, symbol): the key of everything. Exchange in lower case, symbol in upper case. */
export interface InstrumentKey {
  readonly exchange: string;
  readonly marketType: MarketType;
  readonly symbol: string;
}

export interface Instrument extends InstrumentKey {
  /** Decimal strings. */
  readonly tickSize: string;
  readonly lotSize: string;
  /** Units of base (linear) or quote (inverse) that one contract stands for; undefined where it was not declared. */
  readonly contractSize: string | undefined;
  readonly base: string;
  readonly quote: string;
}

/** `exchange/market_type/symbol`, as features.yaml and the command line write it. */
export function instrumentName(key: InstrumentKey): string {
  return `${key.exchange}/${key.marketType}/${key.symbol}`;
}

export type Target =
  | { readonly kind: "embedded"; readonly name: string; readonly path: string }
  | {
      readonly kind: "server" | "cluster";
      readonly name: string;
      readonly url: string;
      readonly username: string;
      readonly password: string;
      /** Only for `cluster`. */
      readonly cluster: string | undefined;
    };

export interface Databases {
  readonly raw: string;
  readonly cold: string;
  readonly features: string;
  readonly registry: string;
}

export const sourceNames = [
  "trades",
  "orderbooks",
  "funding_rates",
  "open_interests",
  "liquidations",
  "lsr_top_positions",
  "lsr_all_accounts",
  "volatility_indices",
] as const;
export type SourceName = (typeof sourceNames)[number];

/** Words for the side of the taker, as written; their case does not matter. */
export interface Sides {
  readonly buy: readonly string[];
  readonly sell: readonly string[];
}

export interface Source {
  readonly name: SourceName;
  readonly table: string;
  /** True when someone else creates and fills the table. */
  readonly external: boolean;
  /** Our column name → theirs; empty for an owned table. */
  readonly columns: Readonly<Record<string, string>>;
  /** The words of a foreign column `side`; undefined for an owned table, and for a source without sides. */
  readonly sides: Sides | undefined;
  /** Expression over the foreign columns; undefined means `timestamp` plus `delayMs`. */
  readonly availableAt: string | undefined;
  readonly delayMs: number;
  readonly maxAgeMs: number | undefined;
}

/** Hours of the UTC day `[from, to)`; one that ends before it begins goes over midnight. */
export interface Session {
  readonly name: string;
  readonly fromHour: number;
  readonly toHour: number;
}

/** Mode `quality`: a bucket closes by a score of volume, duration and trades, and by a hard cap of volume. */
export interface QualityRule {
  readonly minTrades: number;
  readonly scorePercent: number;
  readonly capPercent: number;
  /** A longest duration that follows the pace of the last closed buckets; undefined: `maxMs` always. */
  readonly adaptive:
    | {
        readonly factorPercent: number;
        readonly minMs: number;
        readonly maxMs: number;
        readonly buckets: number;
      }
    | undefined;
}

export interface Clock {
  readonly name: string;
  /** `time`: wall-clock periods of `maxMs`, which have no size (`every:` of a view). */
  readonly mode: "volume" | "count" | "event" | "quality" | "time";
  readonly targetMs: number;
  readonly maxMs: number;
  readonly maxTrades: number;
  readonly bookGapMs: number;
  readonly size: {
    /** Sizes are read from the table bucket_config first. */
    readonly fromBucketConfig: boolean;
    /** By instrument name; decimal strings. */
    readonly byInstrument: Readonly<Record<string, string>>;
    /** One size for every other instrument; undefined: such an instrument is stored but not cut. */
    readonly fallback: string | undefined;
    /** What calibration may choose, by instrument name; decimal strings. */
    readonly bounds?: Readonly<Record<string, { readonly min: string; readonly max: string }>>;
  };
  /** Of mode `quality` only. */
  readonly quality?: QualityRule | undefined;
  readonly allowedLatenessMs: number;
  /** Sources that views of this clock read as of their buckets, and how old their rows may be. */
  readonly slowSources?: Readonly<Partial<Record<SourceName, number>>>;
}

export interface Project {
  readonly name: string;
  /** Absolute path of the folder that holds features.yaml. */
  readonly root: string;
  readonly defaultTarget: string;
  readonly targets: Readonly<Record<string, Target>>;
  readonly databases: Databases;
  readonly instruments: readonly Instrument[];
  readonly sources: Readonly<Record<SourceName, Source>>;
  readonly clocks: Readonly<Record<string, Clock>>;
  /** In the order of their names' place in the file: a moment belongs to the first that it lies in. */
  readonly sessions?: readonly Session[];
  readonly retention: {
    /** Counted from when a row was stored, in milliseconds; undefined: kept for good. */
    readonly rawMs: number | undefined;
    readonly featuresMs: number | undefined;
    readonly versions: number;
  };
}

/** The clocks whose buckets have a size that can be calibrated. */
export function sizedClocks({ clocks }: Project): string[] {
  return Object.values(clocks).flatMap(({ name, mode }) => (mode === "time" ? [] : [name]));
}

/** `events` are both: trades and book snapshots in one order, trades before the snapshots of the same millisecond. */
export type StreamName = "trades" | "books" | "events";

export interface FeatureColumn {
  readonly name: string;
  /** An expression in ClickHouse's dialect, as written. */
  readonly sql: string;
  readonly unit: string | undefined;
  readonly doc: string | undefined;
  /** A declared type, checked against what the engine infers. */
  readonly type: string | undefined;
  /** False keeps a helper out of vectors. */
  readonly feature: boolean;
  /** Relative tolerance of a column whose result may depend on row order. */
  readonly approx: number | undefined;
  /** The column's former name: `renamed_from`. */
  readonly renamedFrom: string | undefined;
  readonly at: Location;
}

export interface Window {
  readonly name: string;
  readonly kind: "buckets" | "seconds" | "utc_day";
  /** Buckets or seconds; a day's seconds for `utc_day`. */
  readonly length: number;
  /** Fewer rows than this give NULL. */
  readonly min: number;
  /** False leaves the current bucket out. */
  readonly current: boolean;
  readonly at: Location;
}

/** What is checked on every close and by `feature verify`. */
export interface Expectation {
  readonly column: string;
  readonly notNull: boolean;
  readonly nullShareMax: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
}

export interface FeatureView {
  readonly kind: "view";
  readonly name: string;
  /** The view's former name: `renamed_from`. */
  readonly renamedFrom: string | undefined;
  readonly description: string;
  readonly owner: string;
  readonly clock: string;
  readonly from: { readonly stream: StreamName } | { readonly views: readonly string[] };
  /** Undefined unless it has a row for each row of a source: then it has no clock, and nothing but columns. */
  readonly row: SourceName | undefined;
  /** Named numbers that expressions may use. */
  readonly params: Readonly<Record<string, number>>;
  /** What is done with a stream's rows before they are aggregated; nothing for a view over views. */
  readonly rows: StreamRows;
  /** Name of what a job fits, whose lists expressions may use. */
  readonly fit: string | undefined;
  /** It is computed, and known, so long after its bucket: what it looks up may be as much later. 0: with its bucket. */
  readonly delayMs: number;
  /** Undefined: it has no window over bins. Otherwise `from` has the view with the bins first, and `rows` are bins. */
  readonly overBy: OverBins | undefined;
  /** Undefined: it reads its own bucket's stream, or other views. */
  readonly time: TimeRows | undefined;
  /** Undefined unless it reads a slow source; then it reads nothing else. */
  readonly asOf: AsOf | undefined;
  /** Undefined unless it folds the buckets before. */
  readonly scan: Scan | undefined;
  readonly lets: readonly LetExpression[];
  readonly windows: readonly Window[];
  readonly columns: readonly FeatureColumn[];
  readonly expect: readonly Expectation[];
  readonly at: Location;
}

/** A slow source, as it was known when a bucket was. */
export interface AsOf {
  readonly source: SourceName;
  /** How old a row may be; undefined: the source's own `max_age`. */
  readonly maxAgeMs: number | undefined;
  /** True: all rows that are not too old; the columns are aggregates over them. False: the last one. */
  readonly events: boolean;
  readonly at: Location;
}

/** Columns of views under other names: a plain view over their aliases, which stores nothing and computes nothing. */
export interface AliasSpec {
  readonly kind: "alias";
  readonly name: string;
  readonly description: string;
  readonly owner: string;
  readonly clock: string;
  /** The views that its columns come from; a bucket is shown if the first of them has it. */
  readonly views: readonly string[];
  readonly columns: readonly AliasColumn[];
  readonly at: Location;
}

export interface AliasColumn {
  readonly name: string;
  readonly view: string;
  readonly column: string;
  /** Undefined: those of the column that it shows. */
  readonly unit: string | undefined;
  readonly doc: string | undefined;
  readonly at: Location;
}

/** Whether a view has a row for each bucket and bin. */
export function hasBins({ rows, overBy }: FeatureView): boolean {
  return rows.by.length > 0 || overBy?.emit === true;
}

export const nullRules = ["reject", "zero", "mean", "keep"] as const;

export interface VectorFeature {
  readonly view: string;
  readonly column: string;
  /** Applied once, when the tensor is built; never in tables, files or HTTP. */
  readonly onNull: (typeof nullRules)[number];
  readonly at: Location;
}

export interface VectorSpec {
  readonly kind: "vector";
  readonly name: string;
  readonly description: string;
  readonly clock: string;
  /** Rows kept in the online store for sequence models. */
  readonly history: number;
  readonly maxAgeMs: number;
  readonly lagMs: number;
  readonly features: readonly VectorFeature[];
  readonly at: Location;
}

export const labelOutputs = [
  "raw_return",
  "return_per_second",
  "return_per_sqrt_second",
  "class",
  "label_end_ts",
  "duration_s",
  "sigma",
  "threshold",
] as const;
export type LabelOutput = (typeof labelOutputs)[number];

/** When a return is up or down. `bps` and `adaptive` are thresholds of the return itself, `per_second` of its rate. */
export type LabelThreshold =
  | { readonly kind: "adaptive"; readonly sigma: number; readonly window: number; readonly min: number }
  | { readonly kind: "per_second"; readonly value: number }
  | { readonly kind: "bps"; readonly value: number };

/** What is predicted: it looks forward, so it is never computed by a trigger and never part of a vector. */
export interface LabelSpec {
  readonly kind: "label";
  readonly name: string;
  readonly description: string;
  readonly owner: string;
  readonly clock: string;
  readonly horizon: { readonly kind: "buckets" | "seconds"; readonly length: number };
  readonly price: {
    readonly view: string;
    readonly column: string;
    /** Column of the same view that tells the price's age at the bucket's end, in ms; undefined: it has none, its age is 0. */
    readonly age: string | undefined;
    readonly maxAgeMs: number;
  };
  readonly outputs: readonly LabelOutput[];
  /** A shorter horizon gives NULL where it is divided by. */
  readonly minDurationMs: number;
  readonly threshold: LabelThreshold | undefined;
  /** The threshold is never below this. */
  readonly minBps: number;
  readonly at: Location;
}

/** How a foreign csv is read: `sources/<name>.yaml`. */
export interface CsvMap {
  readonly name: string;
  readonly source: SourceName;
  readonly delimiter: string;
  readonly header: boolean;
  /** Our column → the file's column (a name, or a place from 1 when there is no header). */
  readonly columns: Readonly<Record<string, string | number>>;
  /** Our column → a fixed value. */
  readonly constants: Readonly<Record<string, string>>;
  readonly time: {
    readonly unit: "seconds" | "milliseconds" | "microseconds" | "nanoseconds" | "iso";
    /** IANA zone or UTC offset of naive times. */
    readonly zone: string;
  };
  /** The file's words for the sides of the taker. */
  readonly sides: Sides;
  readonly at: Location;
}

export type JobValue = string | number | boolean;

/** Something that runs on a schedule: `jobs/<name>.yaml`. */
export interface JobSpec {
  readonly kind: "job";
  readonly name: string;
  readonly description: string;
  /** Cron fields. */
  readonly schedule: string;
  readonly timezone: string;
  readonly action:
    | { readonly kind: "sql"; readonly sql: string }
    | {
        readonly kind: "handler";
        readonly handler: string;
        readonly with: Readonly<Record<string, JobValue>>;
      };
  readonly timeoutMs: number | undefined;
  /** So many attempts after the first; the wait doubles each time. */
  readonly retry: { readonly times: number; readonly backoffMs: number };
  readonly missed: "run_once" | "skip";
  readonly at: Location;
  readonly scheduleAt: Location;
}

/** Everything a project's files say. */
export interface ProjectSpecs {
  readonly project: Project;
  readonly views: readonly FeatureView[];
  /** Other names of their columns, `alias_of:` in a view's file. */
  readonly aliases: readonly AliasSpec[];
  readonly vectors: readonly VectorSpec[];
  readonly labels: readonly LabelSpec[];
  readonly csvMaps: readonly CsvMap[];
  readonly jobs: readonly JobSpec[];
  readonly models: readonly ModelContract[];
}
