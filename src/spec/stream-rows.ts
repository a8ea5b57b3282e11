/** What a view over a stream does with the rows before it aggregates them: the keys `where` to `by` of a view's file. */
import type { Location } from "../errors.js";

export interface RowExpression {
  readonly name: string;
  readonly sql: string;
  readonly at: Location;
}

/** `where` comes first; the columns may use everything above them. */
export interface RowStep {
  readonly where: RowExpression | undefined;
  readonly columns: readonly RowExpression[];
}

/** The last row of another stream as of a moment: `<name>.<column>`, NULL where there is none or it is too old. */
export interface Lookup {
  readonly name: string;
  readonly source: "books";
  /** Counted from the row's own time, or from the bucket's end. */
  readonly of: "row" | "bucket";
  /** So long after that. More than 0 only in a view with `delay:`, which is computed when that time has passed. */
  readonly afterMs: number;
  /** True: strictly before the row. False: a snapshot of the same millisecond counts. */
  readonly strict: boolean;
  readonly maxAgeMs: number | undefined;
  readonly at: Location;
}

/** Trades cut at whole multiples of a volume, counted from 00:00 UTC: a trade that crosses one becomes several rows. */
export interface Split {
  /** Units of base, as a decimal; undefined: the size that the day's first bucket was cut with. */
  readonly volume: string | undefined;
  readonly at: Location;
}

export interface StreamRows {
  /** Before everything else. */
  readonly where: RowExpression | undefined;
  /** Adds `from_ms`, `to_ms`: how long a snapshot stood, within the bucket. */
  readonly valid: boolean;
  /** Resamples snapshots to whole multiples of so many milliseconds, and adds `grid_ms`. */
  readonly gridMs: number | undefined;
  readonly lookups: readonly Lookup[];
  readonly split: Split | undefined;
  readonly steps: readonly RowStep[];
  /** One row for each bucket and combination of these; whole numbers. Empty: one row a bucket. */
  readonly by: readonly RowExpression[];
}

/** For each bucket, the bins of the last buckets. */
export interface OverBins {
  /** The view with bins. */
  readonly view: string;
  /** So many buckets, the current one included. */
  readonly buckets: number;
  /** Aggregates over the cells of a bin: its rows in each of the buckets. */
  readonly bins: readonly RowExpression[];
  /** A row for each bucket and bin; otherwise one for each bucket, its columns aggregates over bins. */
  readonly emit: boolean;
}

export const noRows: StreamRows = {
  where: undefined,
  valid: false,
  gridMs: undefined,
  lookups: [],
  split: undefined,
  steps: [],
  by: [],
};

/** Columns that `valid:` and `grid:` add. */
export const validColumns = ["from_ms", "to_ms"] as const;
export const gridColumn = "grid_ms";
/** Columns that `split:` adds. */
export const splitColumns = ["slice", "slice_lots", "slice_is_start", "slice_is_end"] as const;
