import { basename } from "node:path";
import { FeatureError } from "../errors.js";

export const outFormats = ["csv", "parquet", "ndjson", "arrow"] as const;
export type OutFormat = (typeof outFormats)[number];
export const spineFormats = ["csv", "parquet", "ndjson"] as const;
export type SpineFormat = (typeof spineFormats)[number];

/** A file and what it holds; undefined: its name says so. */
export interface FormattedFile<Format extends OutFormat> {
  readonly path: string;
  readonly format?: Format;
}

const suffixes: Readonly<Record<string, OutFormat>> = {
  csv: "csv",
  parquet: "parquet",
  ndjson: "ndjson",
  jsonl: "ndjson",
  arrow: "arrow",
};

/** The format that was asked for, else that of the file's last suffix; `.gz` behind csv and ndjson is compression. */
export function formatOf<Format extends OutFormat>(
  file: FormattedFile<Format>,
  known: readonly Format[],
): Format {
  if (file.format !== undefined) return file.format;
  const name = basename(file.path).toLowerCase();
  const suffix = /\.([^.]+?)(\.gz)?$/.exec(name);
  const format = known.find((one) => one === suffixes[suffix?.[1] ?? ""]);
  const compressible = format === "csv" || format === "ndjson";
  if (format !== undefined && (compressible || suffix?.[2] === undefined)) return format;
  throw new FeatureError(
    "FS_FETCH_FORMAT",
    `The name of ${file.path} does not tell its format; known are ${known.join(", ")}.`,
    {
      object: file.path,
    },
  );
}
