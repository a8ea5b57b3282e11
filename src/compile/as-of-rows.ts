/** Views with `as_of:`: one row a bucket, with the columns of the last row of a slow source that was known with it. */
import { ageColumn, asOfColumns, maxAgeOf } from "../spec/as-of.js";
import type { AsOf, Project, SourceName } from "../spec/model.js";
import { sqlTemplate } from "../sql-template.js";
import type { Definition } from "./catalog.js";
import { missing } from "./feature-table.js";
import { bucketColumns } from "./names.js";
import { nested } from "./nested.js";
import { sourceRelation } from "./source-relation.js";
import type { ViewDraft } from "./view-draft.js";
import { pathExpressionSelect } from "./view-select.js";

const template = sqlTemplate(import.meta.url, "as-of-rows");

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
export function asOfExpressionSelect(draft: ViewDraft, project: Project, buckets: string): string {
  const { asOf } = draft.view;
  if (asOf === undefined) throw missing("an as-of source");
  return pathExpressionSelect(draft, nested(asOfRows(asOf, project, buckets)));
}

function asOfRows(asOf: AsOf, project: Project, buckets: string): string {
  const { source } = asOf;
  const maxAgeMs = maxAgeOf(asOf, project) ?? 0;
  const columns = asOfColumns(source);
  const order = ["timestamp", ...(sequences[source] ?? [])].join(", ");
  const ofKey = ["exchange", "market_type", "symbol", "available_at"];
  const age = "toUnixTimestamp64Milli(b.available_at) - s.at_ms";
  const isFresh = `ifNull(${age} <= ${maxAgeMs}, false)`;
  return template({
    bucket_columns: bucketColumns.map((name) => `b.${name} AS ${name}`).join(",\n"),
    columns: [
      ...columns.map((name) => `if(${isFresh}, s.${name}__known, NULL) AS ${name}`),
      `if(${isFresh}, ${age}, NULL) AS ${ageColumn}`,
    ].join(",\n"),
    values: columns.map((name) => `${name}__known`).join(", "),
    source_columns: columns.map((name) => `toNullable(${numberOf(name)}) AS ${name}__known`).join(",\n"),
    order,
    buckets,
    source: sourceRelation(project, source, [...ofKey, ...columns]),
    max_age_ms: String(maxAgeMs),
  });
}

function numberOf(name: string): string {
  if (texts.has(name)) return `toString(${name})`;
  return times.has(name) ? name : `toFloat64(${name})`;
}

/** What of it decides the rows of a version. */
export function asOfDefinition(asOf: AsOf, project: Project): Definition {
  const { table, external, columns, availableAt, delayMs } = project.sources[asOf.source];
  return {
    asOf: asOf.source,
    maxAgeMs: maxAgeOf(asOf, project) ?? 0,
    source: external ? { table, columns: { ...columns }, availableAt, delayMs } : { table },
  };
}
