/** The names that a view's expressions may use: for hints, where one uses another. */
import { ageColumn, asOfColumns } from "../spec/as-of.js";
import { eventColumns } from "../spec/event-rows.js";
import type { FeatureView } from "../spec/model.js";
import { cellColumns } from "../spec/over-by.js";
import { rowViewColumns } from "../spec/row-file.js";
import { keyColumns, rowColumns, streamColumns } from "../spec/stream-columns.js";
import { gridColumn, splitColumns, validColumns } from "../spec/stream-rows.js";

/** Of the bucket itself, over streams; of it, over views. `v` says who wrote a row, and is none. */
const bucketKeys = keyColumns.filter((name) => name !== "v");
const viewKeys = ["exchange", "market_type", "symbol", "bucket_id"];

/**
 * What the view reads first, then its own names, the bucket's last. Views' columns are qualified where they must be.
 * @param views all views by name: what a view over views reads
 */
export function readableColumns(view: FeatureView, views: ReadonlyMap<string, FeatureView>): string[] {
  const { rows, overBy, asOf, row, from, time } = view;
  const own = [
    ...(overBy?.bins ?? []),
    ...rows.steps.flatMap((step) => step.columns),
    ...rows.by,
    ...view.lets,
    ...(view.scan?.states ?? []),
    ...view.columns,
  ].map(({ name }) => name);
  const named = [...own, ...Object.keys(view.params)];
  if (row !== undefined) return [...rowViewColumns(row), ...named];
  if (asOf !== undefined) {
    const read = asOf.events ? eventColumns(asOf) : [...asOfColumns(asOf.source), ageColumn];
    return [...read, ...named, ...bucketKeys];
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
      ...named,
      ...bucketKeys,
    ];
  }
  const isQualified = overBy !== undefined || from.views.length > 1;
  const upstream = from.views.flatMap((name) => {
    const read = views.get(name);
    const columns = [...(read?.rows.by ?? []), ...(read?.columns ?? [])];
    return columns.map((column) => (isQualified ? `${name}.${column.name}` : column.name));
  });
  return [...upstream, ...(overBy === undefined ? [] : cellColumns), ...named, ...viewKeys];
}
