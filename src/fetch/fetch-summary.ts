import type { OutFormat } from "./file-format.js";

/** How one vector met the rows of a training set. */
export interface VectorSummary {
  readonly vector: string;
  /** Rows that have a bucket. */
  readonly matched: number;
  /** Rows at whose time nothing was known yet, those of unknown instruments included. */
  readonly missing: number;
  /** Rows at whose time the last that was known was older than the vector's `max_age`. */
  readonly stale: number;
  /** Instruments of the spine of which the vector has no row at all, by name. */
  readonly unknownInstruments: readonly { readonly instrument: string; readonly rows: number }[];
}

/** What a fetch wrote. What is said about one vector is about the first. */
export interface FetchSummary extends VectorSummary {
  readonly out: { readonly path: string; readonly format: OutFormat };
  /** The file beside it that says what is in it. */
  readonly manifest: string;
  /** Rows of the file. */
  readonly rows: number;
  /** Rows that an outage left out. */
  readonly excluded: number;
  readonly vectors: readonly VectorSummary[];
  /** Column of a vector or label → share of the file's rows where it is NULL, in the file's order. */
  readonly nullShares: Readonly<Record<string, number>>;
  /** What a user should look at, in words. */
  readonly warnings: readonly string[];
  readonly seconds: number;
}
