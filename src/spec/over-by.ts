/** The keys `over_by`, `bins` and `emit` of a view's file: windows over the bins of a view with `by:`. */
import { pointerTo } from "./json-pointer.js";
import { type RawRows, readSteps } from "./read-stream-rows.js";
import type { SpecReader } from "./spec-reader.js";
import { keyColumns } from "./stream-columns.js";
import { noRows, type OverBins, type RowExpression, type StreamRows } from "./stream-rows.js";

export interface RawOverBins extends RawRows {
  readonly over_by?: { readonly view: string; readonly buckets: number };
  readonly bins?: Readonly<Record<string, string>>;
  readonly emit?: "bins";
}

/** Beside the columns of the views that are read: what a cell says of itself. */
export const cellColumns = ["ago_ms", "ago_buckets"] as const;

const notHere = ["valid", "grid", "lookup", "by", "delay", "let", "windows", "time_windows"] as const;

/** Undefined for a view without `over_by`. */
export function readOverBins(reader: SpecReader, raw: RawOverBins): OverBins | undefined {
  if (raw.over_by === undefined) {
    for (const key of ["bins", "emit"] as const) {
      if (raw[key] === undefined) continue;
      const message = `\`${key}:\` is about the bins of \`over_by:\`, which this view does not have`;
      reader.add(
        "FS_SPEC_VALUE",
        message,
        reader.file.keyAt(`/${key}`),
        "Write `over_by: { view: footprint, buckets: 30 }`.",
      );
    }
    return undefined;
  }
  for (const key of notHere) {
    if (!Object.hasOwn(raw, key)) continue;
    const message = `\`${key}:\` and \`over_by:\` exclude each other`;
    reader.add("FS_SPEC_VALUE", message, reader.file.keyAt(`/${key}`), "Make two views of it.");
  }
  if (raw.bins === undefined) {
    const message = "`over_by:` needs `bins:`, what is known of each bin";
    const hint = 'Write for example `bins: { level_volume: "sum(footprint.bin_volume)" }`.';
    reader.add("FS_SPEC_MISSING_KEY", message, reader.file.keyAt("/over_by"), hint);
  }
  const { view, buckets } = raw.over_by;
  const bins = Object.entries(raw.bins ?? {}).map(([name, sql]) => ({
    name,
    sql,
    at: reader.file.keyAt(pointerTo("/bins", name)),
  }));
  return { view, buckets, bins, emit: raw.emit === "bins" };
}

/** What is done with the bins before the columns: `where` and the steps of `rows`. */
export function readBinRows(reader: SpecReader, raw: RawOverBins, { bins }: OverBins): StreamRows {
  const where =
    raw.where === undefined ? undefined : { name: "where", sql: raw.where, at: reader.file.at("/where") };
  const rows = { ...noRows, where, steps: readSteps(reader, raw.rows) };
  const taken = new Map<string, string>(
    [...keyColumns, ...cellColumns, "ord"].map((name) => [name, "the bin"]),
  );
  const define = (name: string, at: RowExpression["at"], owner: string): void => {
    const other = taken.get(name);
    if (other !== undefined)
      reader.add("FS_SPEC_SHADOWS", `${name} is a name of ${other} already`, at, "Choose another name.");
    taken.set(name, owner);
  };
  for (const { name, at } of bins) define(name, at, "`bins:`");
  for (const { name, at } of rows.steps.flatMap(({ columns }) => columns)) define(name, at, "`rows:`");
  for (const name of Object.keys(raw.columns))
    define(name, reader.file.keyAt(pointerTo("/columns", name)), "`columns:`");
  return rows;
}
