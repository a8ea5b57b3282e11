/** The names that a view's expressions may use: for hints, where one uses another. */
import { ageColumn, asOfColumns } from "./as-of.js";
import { eventColumns } from "./event-rows.js";
import type { FeatureView } from "./model.js";
import { cellColumns } from "./over-by.js";
import { rowViewColumns } from "./row-file.js";
import { keyColumns, rowColumns, streamColumns } from "./stream-columns.js";
import { gridColumn, splitColumns, validColumns } from "./stream-rows.js";

/** Of the bucket itself, over streams; of it, over views. `v` says who wrote a row, and is none. */
const bucketKeys = keyColumns.filter((name) => name !== "v");
const viewKeys = ["exchange", "market_type", "symbol", "bucket_id"];

/**
 * What the view reads first, then its own names, the bucket's last.
 * @param views all views by name: what a view over views reads
 */
export function readableColumns(view: FeatureView, views: ReadonlyMap<string, FeatureView>): string[] {
  const own = [
    ...rowNames(view),
    ...view.lets.map(({ name }) => name),
    ...(view.scan?.states ?? []).map(({ name }) => name),
    ...view.columns.map(({ name }) => name),
    ...Object.keys(view.params),
  ];
  if (view.row !== undefined) return [...inputColumns(view, views), ...own];
  const isOverRows = view.asOf !== undefined || "stream" in view.from;
  return [...inputColumns(view, views), ...own, ...(isOverRows ? bucketKeys : viewKeys)];
}

/** Columns that the view writes of rows and bins, before it aggregates them. */
export function rowNames({ rows, overBy }: FeatureView): string[] {
  const columns = [...(overBy?.bins ?? []), ...rows.steps.flatMap((step) => step.columns), ...rows.by];
  return columns.map(({ name }) => name);
}

/** Columns of what the view reads, without the bucket's. Those of views are qualified where they must be. */
export function inputColumns(view: FeatureView, views: ReadonlyMap<string, FeatureView>): string[] {
  const { rows, overBy, asOf, row, from, time } = view;
  if (row !== undefined) return [...rowViewColumns(row)];
  if (asOf !== undefined) {
    return asOf.events ? [...eventColumns(asOf)] : [...asOfColumns(asOf.source), ageColumn];
  }
  if ("stream" in from) {
    const looked = rows.lookups.flatMap(({ name }) =>
      ["timestamp", ...streamColumns.books].map((column) => `${name}.${column}`),
    );
    return [
      ...(time?.gridMs === undefined ? streamColumns[from.stream] : ["mid"]),
      ...rowColumns,
      ...(rows.valid ? validColumns : []),
      ...(rows.gridMs === undefined ? [] : [gridColumn]),
      ...(rows.split === undefined ? [] : splitColumns),
      ...looked,
    ];
  }
  const isQualified = overBy !== undefined || from.views.length > 1;
  const upstream = from.views.flatMap((name) => {
    const read = views.get(name);
    const columns = [...(read?.rows.by ?? []), ...(read?.columns ?? [])];
    return columns.map((column) => (isQualified ? `${name}.${column.name}` : column.name));
  });
  return [...upstream, ...(overBy === undefined ? [] : cellColumns)];
}
