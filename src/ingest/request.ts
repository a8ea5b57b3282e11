import type { Readable } from "node:stream";
import type { Engine } from "../engine/port.js";
import type { InstrumentKey, Project } from "../spec/model.js";
import type { FormatName, FormatOptions } from "./formats/format.js";
import type { HeldRows } from "./replay/held-rows.js";

export interface IngestProgress {
  readonly phase: "read" | "store" | "close";
  /** Files of `read`, rows of `store`; `close` has no end that is known. */
  readonly done: number;
  readonly total: number;
  /** The file that is read. */
  readonly note?: string;
}

/** One ingest command. */
export interface IngestRequest {
  readonly engine: Engine;
  readonly project: Project;
  readonly format: FormatName;
  /** Paths, quoted patterns, `-`. */
  readonly files: readonly string[];
  /** What relative paths are relative to; absolute. */
  readonly folder: string;
  readonly stdin?: Readable;
  readonly options: FormatOptions;
  /** More rejected rows than this are an error, and nothing is stored. */
  readonly maxRejects?: number;
  /** Epoch ms. */
  readonly now: () => number;
  readonly onProgress?: (progress: IngestProgress) => void;
  /**
   * Called whenever some more trades are stored, all that lie before a moment; the next ones are stored meanwhile. Other than
   * `afterStore` it may be left out.
   */
  readonly onTrades?: (instruments: readonly InstrumentKey[]) => Promise<void>;
  /**
   * The rows are not stored at once: this stores them as time goes (`play`). What is not stored when it is done never is.
   */
  readonly replay?: (held: HeldRows) => Promise<void>;
  /**
   * Called once the rows are stored, with the instruments that the files have rows of, also when all rows were stored before; gives the
   * number of buckets closed.
   */
  readonly afterStore?: (instruments: readonly InstrumentKey[]) => Promise<number>;
}
