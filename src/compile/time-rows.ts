/**
 * Views over windows of time: the raw rows of the last W before a bucket's end, across buckets. They hang on the trigger table of
 * level 0 directly and not on a stream: a row is in the windows of many buckets, and a block of such rows could not be bounded.
 */
import { bucketsName } from "../schema/clock-tables.js";
import { quoteName } from "../schema/quote.js";
import type { Clock, FeatureView, Project } from "../spec/model.js";
import type { TimeRows } from "../spec/time-windows.js";
import { sqlTemplate } from "../sql-template.js";
import { noReach, type Reach } from "./catalog.js";
import { gridMids } from "./expression/time-windows.js";
import { missing } from "./feature-table.js";
import { bucketColumns, triggerColumns } from "./names.js";
import { nested } from "./nested.js";
import { sourceRelation } from "./source-relation.js";
import { spanOf } from "./span.js";
import { streamRowColumns, streamRowSql, streamUsage } from "./stream.js";
import type { ViewDraft } from "./view-draft.js";
import { pathExpressionSelect, streamExpressionSelect } from "./view-select.js";

const tradesTemplate = sqlTemplate(import.meta.url, "trades-reach");
const pathTemplate = sqlTemplate(import.meta.url, "grid-path");

/** The widest of the windows. */
function widest(time: TimeRows): number {
  return Math.max(...time.windows.map((window) => window.ms));
}

/** How far before a bucket's end raw rows count. A mid may be as old as the book gap at the first point of the grid. */
export function timeReach({ time }: FeatureView, clock: Clock): Reach {
  if (time === undefined) return noReach;
  const ms = widest(time) + (time.gridMs === undefined ? 0 : time.gridMs + clock.bookGapMs);
  return { buckets: 0, ms };
}

/**
 * The raw expressions of a view over windows of time, as the engine types them, for the buckets of the relation `buckets`, which
 * is FROM-text that may be repeated.
 */
export function timeExpressionSelect(
  draft: ViewDraft,
  project: Project,
  clock: Clock,
  buckets: string,
): string {
  const { time } = draft.view;
  if (time === undefined) throw missing("a time window");
  const relation = time.gridMs === undefined ? tradesInReach : gridPath;
  const expressions = [...draft.lets, ...draft.expressions].map(({ sql }) => sql);
  const rows = nested(relation(time, { project, clock, buckets, expressions }));
  return time.gridMs === undefined
    ? streamExpressionSelect(draft, rows, { bounds: quoteName(bucketsName(project, clock.name)), buckets })
    : pathExpressionSelect(draft, rows);
}

interface TimeRelation {
  readonly project: Project;
  readonly clock: Clock;
  readonly buckets: string;
  /** What reads it, compiled. */
  readonly expressions: readonly string[];
}

/** Rows of trades, one for each bucket whose widest window holds it, as a SELECT with a stream's columns. */
function tradesInReach(time: TimeRows, relation: TimeRelation): string {
  const { project, buckets, expressions } = relation;
  const read = ["exchange", "market_type", "symbol", "timestamp", "trade_seq", "price", "quantity", "side"];
  const used = new Set(["timestamp", ...streamUsage("trades", expressions).columns]);
  return tradesTemplate({
    span: spanOf(buckets),
    columns: [
      ...triggerColumns.map((name) => `j.${name} AS ${name}`),
      ...streamRowColumns("trades")
        .filter((name) => used.has(name))
        .map((name) => `${streamRowSql(project, "trades", name)} AS ${name}`),
    ].join(",\n"),
    bucket_columns: ofBucket.join(",\n"),
    bucket_names: triggerColumns.join(", "),
    buckets,
    trades: sourceRelation(project, "trades", [...read, "available_at", "late"]),
    reach_ms: String(widest(time)),
  });
}

/** One row a bucket, with the array of the mids at the grid's points of the widest window. */
function gridPath(time: TimeRows, relation: TimeRelation): string {
  const { project, clock, buckets } = relation;
  const step = time.gridMs ?? 1000;
  const last = `intDiv(toUnixTimestamp64Milli(bucket_ts_end), ${step}) * ${step}`;
  const key = ["exchange", "market_type", "symbol", "timestamp", "book_seq"];
  return pathTemplate({
    span: spanOf(buckets),
    bucket_columns: bucketColumns.map((name) => `any(b.${name}) AS ${name}`).join(",\n"),
    bucket_names: triggerColumns.join(", "),
    grid_mids: gridMids,
    points: `range(toUInt64(${last} - ${widest(time)}), toUInt64(${last} + 1), ${step})`,
    buckets,
    bounds: quoteName(bucketsName(project, clock.name)),
    books: sourceRelation(project, "orderbooks", [...key, "bid_px", "ask_px", "available_at"]),
    reach_ms: String(widest(time) + step + clock.bookGapMs),
    book_gap_ms: String(clock.bookGapMs),
  });
}

const ofBucket = triggerColumns.map((name) => `b.${name} AS ${name}`);
