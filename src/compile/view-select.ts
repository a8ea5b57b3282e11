/**
 * The SELECT that computes a view. The same text serves the live trigger, the backfill and the checks; only the relation that
 * it reads differs: a trigger table or the name `buckets` of a common table expression, a stream's table or its SELECT.
 */
import { quoteIdentifier } from "../schema/quote.js";
import type { Window } from "../spec/model.js";
import { shareableColumns } from "../spec/stream-columns.js";
import { sqlTemplate } from "../sql-template.js";
import type { CompiledObject } from "./catalog.js";
import { finalFeature, missing, storedKey } from "./feature-table.js";
import { bucketColumns, bucketKey } from "./names.js";
import { storedRows } from "./stored-rows.js";
import type { ViewDraft } from "./view-draft.js";

const finishStream = sqlTemplate(import.meta.url, "over-stream");
const streamExpressions = sqlTemplate(import.meta.url, "stream-expressions");
const finishViews = sqlTemplate(import.meta.url, "over-views");
const viewExpressions = sqlTemplate(import.meta.url, "view-expressions");

/** Stored key, `v` and features of a view over a stream. `stream` is FROM-text. */
export function overStreamSelect(draft: ViewDraft, stream: string): string {
  return finishStream({
    key: [...storedKey, "v"].join(",\n"),
    features: features(draft),
    rows: streamExpressionSelect(draft, stream),
  });
}

/** The raw expressions of a view over a stream, as the engine types them. */
export function streamExpressionSelect(draft: ViewDraft, stream: string): string {
  return streamExpressions({
    bucket_columns: bucketColumns.join(", "),
    expressions: expressions(draft),
    stream,
  });
}

/** Stored key, `v` and features of a view over views, for the buckets of the relation `buckets`. */
export function overViewsSelect(
  draft: ViewDraft,
  upstream: readonly CompiledObject[],
  buckets: string,
): string {
  return finishViews({
    key: [...storedKey, "v"].map((name) => `c.${name} AS ${name}`).join(",\n"),
    columns: draft.expressions
      .map(({ column }) => `u.${quoteIdentifier(column.name)} AS ${quoteIdentifier(column.name)}`)
      .join(",\n"),
    features: features(draft),
    buckets,
    rows: viewExpressionSelect(draft, upstream, buckets),
  });
}

/** The raw expressions of a view over views, as the engine types them. */
export function viewExpressionSelect(
  draft: ViewDraft,
  upstream: readonly CompiledObject[],
  buckets: string,
): string {
  const { windows } = draft.view;
  return viewExpressions({
    key: bucketKey.join(", "),
    expressions: expressions(draft),
    upstream: upstreamRows(upstream, buckets, reachBack(windows)),
    windows: windowClause(windows),
  });
}

/** How many buckets before the current one the widest window reads. */
export function reachBack(windows: readonly Window[]): number {
  return Math.max(0, ...windows.map((window) => (window.current ? window.length - 1 : window.length)));
}

/** Rows of the upstream views for the buckets asked for and those before them that windows reach back to. */
function upstreamRows(upstream: readonly CompiledObject[], buckets: string, before: number): string {
  const [first, ...others] = upstream;
  if (first === undefined) throw missing("a view over no view");
  if (others.length === 0) return storedRows(first, { buckets, before });
  const alias = (object: CompiledObject): string => quoteIdentifier(object.name);
  const columns = [first, ...others].flatMap((object) =>
    object.columns.map(
      (column) =>
        `${alias(object)}.${quoteIdentifier(column.name)} AS ${quoteIdentifier(`${object.name}.${column.name}`)}`,
    ),
  );
  return [
    `SELECT ${bucketKey.map((name) => `${alias(first)}.${name} AS ${name}`).join(", ")},`,
    indent(columns.join(",\n")),
    `FROM (\n${indent(storedRows(first, { buckets, before }))}\n) AS ${alias(first)}`,
    ...others.map(
      (object) =>
        `LEFT JOIN (\n${indent(storedRows(object, { buckets, before }))}\n) AS ${alias(object)}\n  ON ${bucketKey
          .map((name) => `${alias(object)}.${name} = ${alias(first)}.${name}`)
          .join(" AND ")}`,
    ),
  ].join("\n");
}

/**
 * The alias of a column's raw expression. A column may share a stream column's name (book_state.mid); in the expressions the
 * name keeps meaning the stream's, so the column goes under another name until they are computed.
 */
function innerName(draft: ViewDraft, name: string): string {
  const { from } = draft.view;
  const shared = "stream" in from && shareableColumns[from.stream].includes(name);
  return quoteIdentifier(shared ? `${name}__of_bucket` : name);
}

/** The finished columns, over their raw expressions. */
function features(draft: ViewDraft): string {
  return draft.expressions
    .map(({ column }) => `${finalFeature(innerName(draft, column.name))} AS ${quoteIdentifier(column.name)}`)
    .join(",\n");
}

function expressions(draft: ViewDraft): string {
  return draft.expressions.map(({ column, sql }) => `${sql} AS ${innerName(draft, column.name)}`).join(",\n");
}

function windowClause(windows: readonly Window[]): string {
  if (windows.length === 0) return "";
  const clauses = windows.map((window) => {
    const first = window.current ? window.length - 1 : window.length;
    const last = window.current ? "CURRENT ROW" : "1 PRECEDING";
    return `${window.name} AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN ${first} PRECEDING AND ${last})`;
  });
  return `\n  WINDOW\n    ${clauses.join(",\n    ")}`;
}

export function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}
