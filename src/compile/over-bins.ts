/** Views with `over_by:`: for each bucket, the bins of a view with `by:` over its last buckets. */
import { quoteIdentifier } from "../schema/quote.js";
import type { OverBins, RowExpression } from "../spec/stream-rows.js";
import { sqlTemplate } from "../sql-template.js";
import type { CompiledObject } from "./catalog.js";
import { missing } from "./feature-table.js";
import { bucketKey, triggerColumns } from "./names.js";
import { nested } from "./nested.js";
import { storedRows } from "./stored-rows.js";
import { rowsRelation } from "./stream-rows.js";
import type { ViewDraft } from "./view-draft.js";

const cellsTemplate = sqlTemplate(import.meta.url, "over-cells");
const binsTemplate = sqlTemplate(import.meta.url, "over-cells-bins");

/**
 * FROM-text of the bins of each bucket, with the columns of `bins:` and `rows:`, for the buckets of the relation `buckets`.
 * @param upstream the view with the bins, then those that are joined with each cell's bucket
 * @param only the user's expressions that are taken; undefined takes all
 */
export function binsRelation(
  draft: ViewDraft,
  upstream: readonly CompiledObject[],
  buckets: string,
  only?: ReadonlySet<RowExpression>,
): string {
  const { view, binColumns, rows } = draft;
  const [cells, ...joined] = upstream;
  if (view.overBy === undefined || cells === undefined || rows === undefined)
    throw missing("a view with bins");
  const taken = binColumns.filter(({ origin }) => only === undefined || only.has(origin));
  const by = binNames(cells);
  const text = binsTemplate({
    bucket_columns: triggerColumns.join(", "),
    bins: by.map(quoteIdentifier).join(", "),
    // The bins of a bucket are unique: windows over them go from the lowest to the highest.
    ord: by.length === 1 ? by.map(quoteIdentifier).join("") : `(${by.map(quoteIdentifier).join(", ")})`,
    expressions:
      taken.length === 0
        ? "count() AS cells"
        : taken.map(({ origin, sql }) => `${sql} AS ${quoteIdentifier(origin.name)}`).join(",\n"),
    cells: cellsSelect(view.overBy, cells, joined, buckets),
  });
  const columns = [...by, "ord", ...taken.map(({ origin }) => origin.name)];
  return rowsRelation(rows, columns, nested(text), only);
}

/** The bins of a view that has some. */
export function binNames(object: CompiledObject): readonly string[] {
  if (object.by === undefined) throw missing(`the bins of ${object.name}`);
  return object.by;
}

/** A row for each bucket, bin, and bucket of the window that has the bin. */
function cellsSelect(
  { buckets: length }: OverBins,
  cells: CompiledObject,
  joined: readonly CompiledObject[],
  buckets: string,
): string {
  const by = binNames(cells);
  const before = length - 1;
  const read = { buckets, before, isOwn: true };
  const features = cells.columns.map(({ name }) => name).filter((name) => !by.includes(name));
  const columns = [
    ...by.map((name) => `cells.${quoteIdentifier(name)} AS ${quoteIdentifier(name)}`),
    ...features.map((name) => `cells.${quoteIdentifier(name)} AS ${qualified(cells, name)}`),
    ...joined.flatMap((object) =>
      object.columns.map(({ name }) => `${joinedColumn(object, name)} AS ${qualified(object, name)}`),
    ),
  ];
  return cellsTemplate({
    bucket_columns: triggerColumns.map((name) => `c.${name} AS ${name}`).join(",\n"),
    columns: columns.join(",\n"),
    before: String(before),
    buckets,
    cells: storedRows(cells, { ...read, ends: true }),
    arrays: cells.columns.map(({ name }) => quoteIdentifier(name)).join(",\n"),
    joins: joined.map((object) => join(object, storedRows(object, read))).join("\n"),
  });
}

/** A row that is known later than its bucket counts once it was known when the window's last bucket ended. */
function joinedColumn(object: CompiledObject, name: string): string {
  const column = `${quoteIdentifier(object.name)}.${quoteIdentifier(name)}`;
  if (object.delay === undefined) return column;
  return `if(cells.bucket_ts_end + toIntervalMillisecond(${object.delay.ms}) <= c.bucket_ts_end, ${column}, NULL)`;
}

function join(object: CompiledObject, rows: string): string {
  const alias = quoteIdentifier(object.name);
  const keys = bucketKey.map((key) => `${alias}.${key} = ${key === "bucket_id" ? "c.cell_id" : `c.${key}`}`);
  return `LEFT JOIN ${nested(rows)} AS ${alias}\n  ON ${keys.join(" AND ")}`;
}

function qualified(object: CompiledObject, name: string): string {
  return quoteIdentifier(`${object.name}.${name}`);
}
