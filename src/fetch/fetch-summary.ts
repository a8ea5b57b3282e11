import type { OutFormat } from "./file-format.js";

/** What a fetch wrote. */
export interface FetchSummary {
  readonly out: { readonly path: string; readonly format: OutFormat };
  /** Rows of the file. */
  readonly rows: number;
  /** Rows that have a bucket. */
  readonly matched: number;
  /** Rows at whose time nothing was known yet, those of unknown instruments included. */
  readonly missing: number;
  /** Rows at whose time the last that was known was older than the vector's `max_age`. */
  readonly stale: number;
  /** Feature → share of the file's rows where it is NULL, in the vector's order. */
  readonly nullShares: Readonly<Record<string, number>>;
  /** Instruments of the spine of which the vector has no row at all, by name. */
  readonly unknownInstruments: readonly { readonly instrument: string; readonly rows: number }[];
  /** What a user should look at, in words. */
  readonly warnings: readonly string[];
  readonly seconds: number;
}

/** `nulls` counts in the order of `features`. */
export function nullShares(
  features: readonly string[],
  nulls: readonly number[],
  rows: number,
): Readonly<Record<string, number>> {
  return Object.fromEntries(features.map((name, place) => [name, (nulls[place] ?? 0) / rows]));
}
