import type { InstrumentKey, SourceName } from "../spec/model.js";

/** Rows, counted exactly: `read = stored + duplicate + rejected`; late rows are among the stored. */
export interface RowCounts {
  readonly read: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly rejected: number;
  readonly late: number;
}

/** What became of one file, or of one csv of a zip that holds several. */
export interface FileSummary extends RowCounts {
  /** As it was given. */
  readonly file: string;
  /** A file may hold rows of two sources; each row of a source counts. */
  readonly sources: readonly SourceName[];
  /** Every row that can be read was stored before. */
  readonly isAlreadyStored: boolean;
}

/** What an ingest command came to. */
export interface IngestSummary extends RowCounts {
  readonly files: readonly FileSummary[];
  /** Instruments that the files have rows of. */
  readonly instruments: readonly InstrumentKey[];
  /** What `afterStore` gave: buckets closed. */
  readonly bucketsClosed: number;
  /** From start to end, closing included. */
  readonly seconds: number;
  /** Reading and storing, without closing. */
  readonly storeSeconds: number;
}

export function addCounts(counts: readonly RowCounts[]): RowCounts {
  const sum = (name: keyof RowCounts): number => counts.reduce((total, count) => total + count[name], 0);
  return {
    read: sum("read"),
    stored: sum("stored"),
    duplicate: sum("duplicate"),
    rejected: sum("rejected"),
    late: sum("late"),
  };
}
