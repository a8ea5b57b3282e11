/** How the rows of one file become staged rows of one source: the value that every format makes and that staging executes. */
import type { FeatureError } from "../../errors.js";
import type { InstrumentKey, SourceName } from "../../spec/model.js";

/** Where a column's text comes from: a field of the row (its place, from 1), the same for all rows, or nowhere. */
export type Cell =
  | { readonly kind: "field"; readonly place: number }
  | { readonly kind: "constant"; readonly text: string }
  | { readonly kind: "absent" };

export const absent: Cell = { kind: "absent" };

/** How rows come out of the file, as lists of texts. */
export type RowSource =
  | {
      readonly kind: "delimited";
      readonly delimiter: string;
      /** Fields that each line must have. */
      readonly width: number;
      /** Lines before the data. */
      readonly headerLines: number;
      readonly hasByteOrderMark: boolean;
      /** Cells may be quoted, with blanks around them. */
      readonly isLoose: boolean;
    }
  | { readonly kind: "json"; readonly keys: readonly string[]; readonly hasByteOrderMark: boolean }
  | { readonly kind: "parquet"; readonly columns: readonly ParquetColumn[] };

export interface ParquetColumn {
  readonly name: string;
  readonly isArray: boolean;
}

/**
 * What times look like.
 * - `milliseconds_or_microseconds`: epoch, told apart by their size.
 * - a unit: epoch in that unit, decimals allowed.
 * - `iso`: date and time; without an offset of its own it is in `zone`.
 * - `any`: as the first, or ISO in UTC.
 */
export interface TimeRule {
  readonly unit:
    | "milliseconds_or_microseconds"
    | "seconds"
    | "milliseconds"
    | "microseconds"
    | "nanoseconds"
    | "iso"
    | "any";
  /** IANA zone or offset such as +03:00. */
  readonly zone: string;
  /** The file has a type for times: a time of that type is read whatever the unit says. */
  readonly isTyped: boolean;
}

/** The words of a row that say whose it is, as the file writes them. */
export interface InstrumentWords {
  readonly exchange: string;
  readonly market: string;
  readonly symbol: string;
}

/** Quantities that are contracts are converted to base units with the instrument's contract size. */
export type QuantityUnit = "base" | "contracts";

export type TradeKind = "trade" | "agg";

/** Tardis' types of books, which differ in depth. */
export const bookKinds = ["quotes", "book_snapshot_5", "book_snapshot_25"] as const;
export type BookKind = (typeof bookKinds)[number];

/** What sorts of rows of one source there are, of which an instrument holds one. */
export type RowKind = TradeKind | BookKind;

export interface Reading {
  readonly source: SourceName;
  /** Undefined where there is one kind only, or the file does not say which it is. */
  readonly rowKind: RowKind | undefined;
  readonly rows: RowSource;
  /** By our column name. Columns that are not named are absent. */
  readonly cells: Readonly<Record<string, Cell>>;
  /** Places of book levels, best first; undefined where levels come as arrays in one cell. */
  readonly levels: Readonly<Record<LevelColumn, readonly number[]>> | undefined;
  readonly words: Readonly<Record<keyof InstrumentWords, Cell>>;
  /** The words of the first row; undefined where it was not looked at. */
  readonly firstWords: InstrumentWords | undefined;
  readonly time: TimeRule;
  /** Words for the taker's side, in lower case. */
  readonly sides: { readonly buy: readonly string[]; readonly sell: readonly string[] };
  /** A row belongs to this source only if one of these columns has a text; empty: every row does. */
  readonly anyOf: readonly string[];
  readonly quantities: QuantityUnit;
  /** The instrument that words stand for, or what is wrong with them. */
  readonly instrumentOf: (words: InstrumentWords) => InstrumentKey | FeatureError;
}

export const levelColumns = ["bid_px", "bid_qty", "ask_px", "ask_qty"] as const;
export type LevelColumn = (typeof levelColumns)[number];

export function field(place: number): Cell {
  return { kind: "field", place };
}

export function constant(text: string): Cell {
  return { kind: "constant", text };
}
