import type { CsvMap, InstrumentKey, MarketType, Project, SourceName } from "../../spec/model.js";
import type { Part } from "../files/input-file.js";
import type { ParquetColumn, Reading } from "../staging/reading.js";
import type { InstrumentOption } from "./instrument-option.js";

export const formatNames = ["binance-archive", "tardis", "csv", "ndjson", "parquet"] as const;
export type FormatName = (typeof formatNames)[number];

/** What the command line says beside the files. */
export interface FormatOptions {
  /** The instrument of all rows. */
  readonly instrument: InstrumentKey | undefined;
  /** Only of the archive: the market of files whose folder does not tell it. */
  readonly market: MarketType | undefined;
  /** How foreign columns are called; undefined: like ours. */
  readonly map: CsvMap | undefined;
  /** What the rows are, where neither map nor file tells; trades when undefined. */
  readonly source: SourceName | undefined;
}

export interface FormatContext {
  readonly project: Project;
  readonly options: FormatOptions;
  readonly instrumentOption: InstrumentOption;
  readonly parquetColumns: (part: Part) => Promise<readonly ParquetColumn[]>;
}

/** A file format: what it wants to be given, and how a file of it is read. */
export interface Format {
  readonly name: FormatName;
  readonly wants: "text" | "parquet";
  /**
   * How the file becomes rows of one source or of several.
   * @throws FeatureError FS_INGEST_HEADER, FS_INGEST_INSTRUMENT
   */
  read(part: Part, context: FormatContext): Promise<readonly Reading[]>;
}
