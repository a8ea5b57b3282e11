/** A file of the command line. */
export interface InputFile {
  /** As it was given, or as a pattern found it; `-` is standard input. Shown, and stored with rejects. */
  readonly given: string;
  /** Absolute path; of standard input a temporary file. */
  readonly path: string;
}

/** What was given on the command line for standard input. */
export const standardInput = "-";

/** The first lines of a text file. */
export interface Head {
  /** Complete lines, without line ends and byte order mark; of a short file all of them. */
  readonly lines: readonly string[];
  readonly hasByteOrderMark: boolean;
}

/** One file that the engine reads itself: an input file, or a csv that was in a zip. */
export interface Part {
  readonly file: InputFile;
  /** Shown and stored: the file as given, with the member's name behind it when its zip holds several. */
  readonly name: string;
  /** Paths that may tell kind and instrument, the best first: the file's own, that of a member beside its zip. */
  readonly telling: readonly string[];
  /** What the engine reads; its suffix is `.gz` exactly when it is compressed. */
  readonly path: string;
  /** Undefined for Parquet. */
  readonly head: Head | undefined;
  /** Deletes what was unpacked for it. */
  release(): Promise<void>;
}
