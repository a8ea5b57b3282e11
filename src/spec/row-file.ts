/** features/<name>.yaml with `row:`: one row for each row of a source, computed when that is stored. It has no clock. */
import { FeatureError } from "../errors.js";
import { asOfColumns } from "./as-of.js";
import type { FeatureColumn, FeatureView, Project, SourceName } from "./model.js";
import type { SpecReader } from "./spec-reader.js";
import { hiddenColumns, streamColumns } from "./stream-columns.js";
import { noRows } from "./stream-rows.js";

const keys: ReadonlySet<string> = new Set([
  "view",
  "renamed_from",
  "description",
  "owner",
  "row",
  "params",
  "columns",
]);

/** What a row keeps of its source's row, and by which readers find it. */
export const rowKey = ["exchange", "market_type", "symbol", "timestamp", "available_at"] as const;

/** What an expression may use beside the row's key. A snapshot is not carried anywhere here. */
export function rowViewColumns(source: SourceName): readonly string[] {
  if (source === "trades") return streamColumns.trades;
  if (source === "orderbooks") return streamColumns.books.filter((name) => name !== "carry");
  return asOfColumns(source).filter((name) => name !== "timestamp");
}

/** What every view's file says. */
export type ViewHead = Pick<
  FeatureView,
  "kind" | "name" | "renamedFrom" | "description" | "owner" | "params" | "at"
>;

export function readRowFile(
  reader: SpecReader,
  head: ViewHead,
  source: SourceName,
  columns: readonly FeatureColumn[],
): FeatureView {
  for (const key of Object.keys(reader.file.data as object).filter((name) => !keys.has(name))) {
    const message = `\`${key}:\` is about many rows or a bucket, and \`row:\` gives one row for each of ${source}`;
    reader.add("FS_SPEC_VALUE", message, reader.file.keyAt(`/${key}`), "Put it into a view with `clock:`.");
  }
  const taken = [...rowKey, ...rowViewColumns(source), ...hiddenColumns, "keep", "ingested_at"];
  for (const { name, sql, at } of columns) {
    // Handing a column on under its own name hides nothing.
    if (!taken.includes(name) || (sql.trim() === name && rowViewColumns(source).includes(name))) continue;
    reader.add("FS_SPEC_SHADOWS", `column ${name} bears the name of a column of ${source}`, at);
  }
  return {
    ...head,
    clock: "",
    from: { views: [] },
    row: source,
    rows: noRows,
    overBy: undefined,
    fit: undefined,
    delayMs: 0,
    time: undefined,
    asOf: undefined,
    scan: undefined,
    lets: [],
    windows: [],
    columns,
    expect: [],
  };
}

/** Somebody else's table is read, never changed: no trigger may hang on it. */
export function rowFindings(project: Project, views: readonly FeatureView[]): FeatureError[] {
  return views.flatMap(({ name, row, at }) => {
    if (row === undefined || !project.sources[row].external) return [];
    const message = `view ${name} has a row for each row of ${row}, which is external: nothing is computed when somebody else stores`;
    const hint = "Read the source in a view with `clock:`.";
    return [new FeatureError("FS_SPEC_VALUE", message, { at, hint })];
  });
}
