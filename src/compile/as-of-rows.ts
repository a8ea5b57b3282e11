/** Views with `as_of:`: one row a bucket, with the columns of the last row of a slow source that was known with it. */
import { ageColumn, asOfColumns, maxAgeOf, newColumn } from "../spec/as-of.js";
import { eventColumns } from "../spec/event-rows.js";
import type { AsOf, Project, SourceName } from "../spec/model.js";
import type { RowExpression } from "../spec/stream-rows.js";
import { sqlTemplate } from "../sql-template.js";
import type { Definition } from "./catalog.js";
import { missing } from "./feature-table.js";
import { bucketColumns, triggerColumns } from "./names.js";
import { nested } from "./nested.js";
import { sourceDefinition, sourceRelation } from "./source-relation.js";
import type { SplitScope } from "./split-rows.js";
import { rowsRelation } from "./stream-rows.js";
import type { ViewDraft } from "./view-draft.js";
import { pathExpressionSelect, streamExpressionSelect } from "./view-select.js";

const template = sqlTemplate(import.meta.url, "as-of-rows");
const eventsTemplate = sqlTemplate(import.meta.url, "event-rows");

/** What tells rows of one instrument and millisecond apart, in their order. */
const sequences: Partial<Record<SourceName, readonly string[]>> = {
  funding_rates: ["seq"],
  open_interests: ["seq"],
  volatility_indices: ["seq", "underlying_asset", "maturity_date"],
  liquidations: ["liquidation_id"],
  lsr_top_positions: ["period"],
  lsr_all_accounts: ["period"],
};
/** Columns that are no numbers as they are stored. */
const texts: ReadonlySet<string> = new Set(["period", "underlying_asset", "side", "liquidation_id"]);
const times: ReadonlySet<string> = new Set([
  "timestamp",
  "funding_time",
  "next_funding_time",
  "maturity_date",
]);

/** The raw expressions, as the engine types them, for the buckets of a relation that may be repeated. */
export function asOfExpressionSelect(draft: ViewDraft, project: Project, scope: SplitScope): string {
  const { asOf } = draft.view;
  if (asOf === undefined) throw missing("an as-of source");
  if (asOf.events)
    return streamExpressionSelect(draft, eventsRelation(asOf, project, scope), scope, eventColumns(asOf));
  return pathExpressionSelect(draft, nested(asOfRows(asOf, project, scope.buckets)));
}

/** FROM-text of the rows of `events: true`, before `where` and the steps of `rows`. */
function eventsRelation(asOf: AsOf, project: Project, { bounds, buckets }: SplitScope): string {
  const columns = asOfColumns(asOf.source);
  return nested(
    eventsTemplate({
      bucket_columns: triggerColumns.map((name) => `b.${name} AS ${name}`).join(",\n"),
      bucket_names: triggerColumns.map((name) => `k.${name} AS ${name}`).join(",\n"),
      columns: columns.map((name) => `s.${name}__known AS ${name}`).join(",\n"),
      source_columns: columns.map((name) => `${sourceValueSql(name)} AS ${name}__known`).join(",\n"),
      age: ageColumn,
      is_new: newColumn,
      order: orderOf(asOf.source).join(", "),
      bounds,
      buckets,
      source: sourceRelation(project, asOf.source, [...ofKey, ...columns]),
      max_age_ms: String(maxAgeOf(asOf, project) ?? 0),
    }),
  );
}

/** A SELECT of the same rows with only these of the view's expressions. */
export function eventRowsSelect(
  { view: { asOf }, rows }: ViewDraft,
  project: Project,
  scope: SplitScope,
  taken: ReadonlySet<RowExpression>,
): string {
  if (asOf === undefined || rows === undefined) throw missing("the rows of an as-of source");
  return `SELECT * FROM ${rowsRelation(rows, eventColumns(asOf), eventsRelation(asOf, project, scope), taken)}`;
}

const ofKey = ["exchange", "market_type", "symbol", "available_at"];

function orderOf(source: SourceName): string[] {
  return ["timestamp", ...(sequences[source] ?? [])];
}

function asOfRows(asOf: AsOf, project: Project, buckets: string): string {
  const { source } = asOf;
  const maxAgeMs = maxAgeOf(asOf, project) ?? 0;
  const columns = asOfColumns(source);
  const order = orderOf(source).join(", ");
  const age = "toUnixTimestamp64Milli(b.available_at) - s.at_ms";
  const isFresh = `ifNull(${age} <= ${maxAgeMs}, false)`;
  return template({
    bucket_columns: bucketColumns.map((name) => `b.${name} AS ${name}`).join(",\n"),
    columns: [
      ...columns.map((name) => `if(${isFresh}, s.${name}__known, NULL) AS ${name}`),
      `if(${isFresh}, ${age}, NULL) AS ${ageColumn}`,
    ].join(",\n"),
    values: columns.map((name) => `${name}__known`).join(", "),
    source_columns: columns
      .map((name) => `toNullable(${sourceValueSql(name)}) AS ${name}__known`)
      .join(",\n"),
    order,
    buckets,
    source: sourceRelation(project, source, [...ofKey, ...columns]),
    max_age_ms: String(maxAgeMs),
  });
}

/** A column of a source as expressions see it: numbers as Float64, words as text. */
export function sourceValueSql(name: string): string {
  if (texts.has(name)) return `toString(${name})`;
  return times.has(name) ? name : `toFloat64(${name})`;
}

/** What of it decides the rows of a version. */
export function asOfDefinition(asOf: AsOf, project: Project): Definition {
  return {
    asOf: asOf.source,
    maxAgeMs: maxAgeOf(asOf, project) ?? 0,
    ...(asOf.events ? { events: true } : {}),
    source: sourceDefinition(project.sources[asOf.source]),
  };
}
