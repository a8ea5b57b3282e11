/**
 * The SELECT that computes a view. The same text serves the live trigger, the backfill and the checks; only the relation that
 * it reads differs: a trigger table or the name `buckets` of a common table expression, a stream's table or its SELECT.
 */
import { quoteIdentifier, quoteString } from "../schema/quote.js";
import type { Window } from "../spec/model.js";
import { shareableColumns } from "../spec/stream-columns.js";
import { sqlTemplate } from "../sql-template.js";
import type { CompiledObject, Reach } from "./catalog.js";
import { identifierOf, tokenize } from "./expression/tokens.js";
import { finalFeature, missing, storedKey } from "./feature-table.js";
import { bucketColumns, bucketKey, placeColumn } from "./names.js";
import { indent, nested } from "./nested.js";
import { binNames, binsRelation } from "./over-bins.js";
import type { SplitScope } from "./split-rows.js";
import { type StoredRowsOptions, storedRows } from "./stored-rows.js";
import { rowsRelation } from "./stream-rows.js";
import type { ViewDraft } from "./view-draft.js";

const finishStream = sqlTemplate(import.meta.url, "over-stream");
const finishBins = sqlTemplate(import.meta.url, "over-stream-by");
const streamExpressions = sqlTemplate(import.meta.url, "stream-expressions");
const pathExpressions = sqlTemplate(import.meta.url, "path-expressions");
const finishViews = sqlTemplate(import.meta.url, "over-views");
const viewExpressions = sqlTemplate(import.meta.url, "view-expressions");
const fitRows = sqlTemplate(import.meta.url, "fit-rows");

/** Tables beside those of the views, quoted. */
export interface SharedTables {
  /** All buckets of the clock. */
  readonly bounds: string;
  /** What jobs fitted. */
  readonly fits: string;
}

/** Stored key, `v` and features of a view over a stream. `stream` is FROM-text. */
export function overStreamSelect(draft: ViewDraft, stream: string, scope: SplitScope): string {
  return overRowsSelect(draft, streamExpressionSelect(draft, stream, scope));
}

/** The same, given the SELECT of the raw expressions. */
export function overRowsSelect(draft: ViewDraft, rows: string): string {
  const by = draft.rows?.by ?? [];
  return by.length > 0 ? binsSelect(draft, by, rows) : bucketsSelect(draft, rows);
}

/** Stored key, `v` and features of a view over the bins of another one, for the buckets of the relation `buckets`. */
export function overByView(draft: ViewDraft, upstream: readonly CompiledObject[], buckets: string): string {
  const rows = binExpressionSelect(draft, upstream, buckets);
  const [cells] = upstream;
  if (draft.view.overBy?.emit !== true || cells === undefined) return bucketsSelect(draft, rows);
  return binsSelect(draft, binNames(cells), rows);
}

/** The bucket's columns of a group, and what makes a group: its place, and what expressions name besides their aggregates. */
export function groupedByBucket(
  expressions: readonly { readonly sql: string }[],
  by: readonly string[] = [],
): { bucket_columns: string; group: string } {
  const named = new Set(
    expressions.flatMap(({ sql }) =>
      tokenize(sql)
        .map(identifierOf)
        .filter((name) => name !== undefined),
    ),
  );
  const columns = bucketColumns.map((name) => (named.has(name) ? name : `any(${name}) AS ${name}`));
  return {
    bucket_columns: [...columns, ...by].join(", "),
    group: [placeColumn, ...bucketColumns.filter((name) => named.has(name)), ...by].join(", "),
  };
}

/** The raw expressions of a view over bins, as the engine types them. */
export function binExpressionSelect(
  draft: ViewDraft,
  upstream: readonly CompiledObject[],
  buckets: string,
): string {
  const relation = binsRelation(draft, upstream, buckets);
  const [cells] = upstream;
  if (draft.view.overBy?.emit !== true || cells === undefined) {
    return streamExpressions({
      ...groupedByBucket([...draft.lets, ...draft.expressions]),
      expressions: expressions(draft),
      stream: relation,
    });
  }
  return pathExpressions({
    bucket_columns: [...bucketColumns, ...binNames(cells).map(quoteIdentifier)].join(", "),
    expressions: expressions(draft),
    path: relation,
  });
}

function bucketsSelect(draft: ViewDraft, rows: string): string {
  return finishStream({ key: [...storedKey, "v"].join(",\n"), features: features(draft), rows });
}

/** One row a bucket, with arrays: the bins in ascending order, and each feature by bin. */
function binsSelect(draft: ViewDraft, by: readonly string[], rows: string): string {
  const names = [...by, ...draft.expressions.map(({ column }) => column.name)];
  const sortKey = by.map((_, index) => `c.${index + 1}`).join(", ");
  return finishBins({
    key: [...storedKey, "v"].join(",\n"),
    bucket_columns: bucketColumns.join(", "),
    columns: names
      .map((name, index) => `arrayMap(c -> c.${index + 1}, cells) AS ${quoteIdentifier(name)}`)
      .join(",\n"),
    sort_key: by.length === 1 ? sortKey : `(${sortKey})`,
    values: names.map(quoteIdentifier).join(", "),
    bins: by.map(quoteIdentifier).join(",\n"),
    features: features(draft),
    rows,
  });
}

/**
 * The raw expressions of a view over a stream, as the engine types them.
 * @param columns what the rows have beside their bucket's columns
 */
export function streamExpressionSelect(
  draft: ViewDraft,
  stream: string,
  scope: SplitScope,
  columns: readonly string[] = draft.usage?.columns ?? [],
): string {
  const { rows } = draft;
  const by = (rows?.by ?? []).map(quoteIdentifier);
  return streamExpressions({
    ...groupedByBucket([...draft.lets, ...draft.expressions], by),
    expressions: expressions(draft),
    stream: rows === undefined ? stream : rowsRelation(rows, columns, stream, undefined, scope),
  });
}

/** The raw expressions over rows that are one a bucket already. `path` is FROM-text. */
export function pathExpressionSelect(draft: ViewDraft, path: string): string {
  return pathExpressions({
    bucket_columns: bucketColumns.join(", "),
    expressions: expressions(draft),
    path,
  });
}

/**
 * Stored key, `v` and features of a view over views, for the buckets of the relation `buckets`.
 */
export function overViewsSelect(
  draft: ViewDraft,
  upstream: readonly CompiledObject[],
  buckets: string,
  tables: SharedTables,
): string {
  return finishViews({
    key: [...storedKey, "v"].map((name) => `c.${name} AS ${name}`).join(",\n"),
    columns: draft.expressions
      .map(({ column }) => `u.${quoteIdentifier(column.name)} AS ${quoteIdentifier(column.name)}`)
      .join(",\n"),
    features: features(draft),
    buckets,
    rows: viewExpressionSelect(draft, upstream, buckets, tables),
  });
}

/** The raw expressions of a view over views, as the engine types them. */
export function viewExpressionSelect(
  draft: ViewDraft,
  upstream: readonly CompiledObject[],
  buckets: string,
  { bounds, fits }: SharedTables,
): string {
  const { windows } = draft.view;
  const reach = windowReach(windows);
  const rows = upstreamRows(upstream, {
    buckets,
    before: reach.buckets,
    within: reach.ms === 0 ? undefined : { ms: reach.ms, bounds },
  });
  return viewExpressions({
    key: bucketKey.join(", "),
    expressions: expressions(draft),
    upstream: draft.fitLists.length === 0 ? rows : withFitted(draft, rows, buckets, fits),
    windows: windowClause(windows),
  });
}

/** How far before the current bucket the widest windows read. */
export function windowReach(windows: readonly Window[]): Reach {
  const ofBuckets = windows.filter((window) => window.kind === "buckets");
  const ofTime = windows.filter((window) => window.kind !== "buckets");
  return {
    buckets: Math.max(0, ...ofBuckets.map(({ current, length }) => (current ? length - 1 : length))),
    ms: Math.max(0, ...ofTime.map(({ length }) => length * 1000)),
  };
}

/** The same rows, each with the lists of the fit that was known when its bucket was. */
function withFitted({ view, fitLists }: ViewDraft, rows: string, buckets: string, fits: string): string {
  const { fit = "" } = view;
  const columns = fitLists.map(
    (list) => `t.fitted[${quoteString(list)}] AS ${quoteIdentifier(`${fit}.${list}`)}`,
  );
  return fitRows({ columns: columns.join(",\n"), rows, buckets, fits, fit: quoteString(fit) });
}

/** Rows of the upstream views for the buckets asked for and those before them that windows reach back to. */
function upstreamRows(upstream: readonly CompiledObject[], options: StoredRowsOptions): string {
  const [first, ...others] = upstream;
  if (first === undefined) throw missing("a view over no view");
  if (others.length === 0) return storedRows(first, options);
  const alias = (object: CompiledObject): string => quoteIdentifier(object.name);
  const key = options.within === undefined ? bucketKey : [...bucketKey, "bucket_ts_end"];
  const columns = [first, ...others].flatMap((object) =>
    object.columns.map(
      (column) =>
        `${alias(object)}.${quoteIdentifier(column.name)} AS ${quoteIdentifier(`${object.name}.${column.name}`)}`,
    ),
  );
  return [
    `SELECT ${key.map((name) => `${alias(first)}.${name} AS ${name}`).join(", ")},`,
    indent(columns.join(",\n")),
    `FROM ${nested(storedRows(first, options))} AS ${alias(first)}`,
    ...others.map(
      (object) =>
        `LEFT JOIN ${nested(storedRows(object, options))} AS ${alias(object)}\n  ON ${bucketKey
          .map((name) => `${alias(object)}.${name} = ${alias(first)}.${name}`)
          .join(" AND ")}`,
    ),
  ].join("\n");
}

/**
 * The alias of a column's raw expression. A column may share a stream column's name (book_state.mid); in the expressions the
 * name keeps meaning the stream's, so the column goes under another name until they are computed.
 */
export function innerName({ view: { from } }: ViewDraft, name: string): string {
  const isShared = "stream" in from && shareableColumns[from.stream].includes(name);
  return isShared ? `${name}__of_bucket` : name;
}

/** The finished columns, over their raw expressions. `prefix` stands before all names that are given. */
export function features(draft: ViewDraft, prefix = ""): string {
  return draft.expressions
    .map(({ column: { name } }) => {
      const raw = quoteIdentifier(`${prefix}${innerName(draft, name)}`);
      return `${finalFeature(raw)} AS ${quoteIdentifier(`${prefix}${name}`)}`;
    })
    .join(",\n");
}

export function expressions(draft: ViewDraft, prefix = ""): string {
  return [
    ...draft.lets,
    ...draft.expressions.map(({ column, sql }) => ({ name: innerName(draft, column.name), sql })),
  ]
    .map(({ name, sql }) => `${sql} AS ${quoteIdentifier(`${prefix}${name}`)}`)
    .join(",\n");
}

function windowClause(windows: readonly Window[]): string {
  if (windows.length === 0) return "";
  const clauses = windows.map((window) => `${window.name} AS (${windowFrame(window)})`);
  return `\n  WINDOW\n    ${clauses.join(",\n    ")}`;
}

function windowFrame({ kind, length, current }: Window): string {
  const last = current ? "CURRENT ROW" : "1 PRECEDING";
  const instrument = "PARTITION BY exchange, market_type, symbol";
  switch (kind) {
    case "buckets":
      return `${instrument} ORDER BY bucket_id RANGE BETWEEN ${current ? length - 1 : length} PRECEDING AND ${last}`;
    case "seconds":
      // An open interval before the current bucket's end: (end - seconds, end].
      return `${instrument} ORDER BY toUnixTimestamp64Milli(bucket_ts_end) RANGE BETWEEN ${length * 1000 - 1} PRECEDING AND ${last}`;
    case "utc_day":
      // A bucket that ends at midnight belongs to the day before: its end is not in it.
      return `${instrument}, toDate(bucket_ts_end - toIntervalMillisecond(1)) ORDER BY bucket_id RANGE BETWEEN UNBOUNDED PRECEDING AND ${last}`;
  }
}
