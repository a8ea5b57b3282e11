/** Point reads of stored versions: the latest row of each bucket asked for, by primary key. */

import type { TableName } from "../schema/object.js";
import { quoteIdentifier, quoteName } from "../schema/quote.js";
import { sqlTemplate } from "../sql-template.js";
import type { CompiledObject, Delay } from "./catalog.js";
import { missing } from "./feature-table.js";
import { storedAs } from "./names.js";

const template = sqlTemplate(import.meta.url, "stored-rows");
const ownKeys = sqlTemplate(import.meta.url, "own-keys");
const trailingKeys = sqlTemplate(import.meta.url, "trailing-keys");
const reachKeys = sqlTemplate(import.meta.url, "reach-keys");
const delayedTemplate = sqlTemplate(import.meta.url, "delayed-rows");

/** A column as it is stored, and as it is given. */
export interface StoredAs {
  readonly stored: string;
  readonly name: string;
}

export interface StoredRowsOptions {
  /** The relation of the buckets. */
  readonly buckets: string;
  /** How many buckets before each of them are read as well. */
  readonly before: number;
  /** How long before the end of each of them the buckets that are read as well may end, and the table of all buckets. */
  readonly within?: { readonly ms: number; readonly bounds: string } | undefined;
  /** Adds the ends of the buckets. */
  readonly ends?: boolean;
  /** The rows of the buckets themselves, also of a view with a delay, for one who looks at when they were known. */
  readonly isOwn?: boolean;
  /** Which columns of its table, those of views that it shares the table with too; undefined reads all of its own. */
  readonly only?: readonly StoredAs[];
}

/**
 * Keys and columns of an object's rows. Cut by key tuples: a cut by `bucket_id > min(…)` would read whole histories as
 * soon as the ids of two instruments differ.
 */
export function storedRows(object: CompiledObject, options: StoredRowsOptions): string {
  if (object.storage === undefined) throw missing(`the table of ${object.name}`);
  const { buckets, before, within } = options;
  if (object.delay !== undefined && options.isOwn !== true)
    return rowsAsOf(object, object.storage.table, object.delay, options);
  const trailing = before === 0 ? ownKeys({ buckets }) : trailingKeys({ buckets, before: String(before) });
  const inTime =
    within === undefined
      ? undefined
      : reachKeys({ buckets, bounds: within.bounds, before_ms: String(within.ms) });
  const { columnPrefix, table } = object.storage;
  const columns =
    options.only ?? object.columns.map(({ name }): StoredAs => ({ stored: `${columnPrefix}${name}`, name }));
  return template({
    columns: [
      // Windows by time are ordered by the buckets' ends.
      `exchange, market_type, symbol, bucket_id${within === undefined && options.ends !== true ? "" : ", bucket_ts_end"}`,
      ...columns.map(({ stored, name }) => storedAs(stored, name)),
    ].join(",\n"),
    table: quoteName(table),
    keys:
      inTime === undefined
        ? trailing
        : before === 0
          ? inTime
          : `${trailing.trimEnd()}\nUNION DISTINCT\n${inTime}`,
  });
}

/**
 * The same of a view with a delay: for each bucket the last row that was known by then, never its own. Windows over such rows are
 * refused by spec/, so that no bucket before is asked for.
 */
function rowsAsOf(
  object: CompiledObject,
  table: TableName,
  delay: Delay,
  { buckets, only }: StoredRowsOptions,
): string {
  const names = (only ?? object.columns).map(({ name }) => quoteIdentifier(name));
  const isFresh = `b.bucket_ts_end <= d.ripe_at + toIntervalMillisecond(${delay.staleMs})`;
  return delayedTemplate({
    columns: names.map((name) => `if(${isFresh}, d.${name}, NULL) AS ${name}`).join(",\n"),
    names: names.join(",\n"),
    bounds: quoteName(delay.bounds),
    keys: ownKeys({ buckets }),
    table: quoteName(table),
    buckets,
    delay_ms: String(delay.ms),
    stale_ms: String(delay.staleMs),
  });
}
