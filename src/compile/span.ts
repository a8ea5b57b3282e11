/** What raw rows are read for some buckets: of which instruments, from when to when. */
import { sqlTemplate } from "../sql-template.js";

const template = sqlTemplate(import.meta.url, "span");

/**
 * A scalar `span` for a WITH clause: the instruments (tuples of exchange, market type, symbol), the first and the last `prev_ts_end`,
 * the first and the last `bucket_ts_end`. Conditions on `span.1` to `span.5` cut a table by its key, and cost one sub-select to plan where
 * `IN (SELECT …)` in each of them would cost one a condition. Each mention takes the planner half a millisecond, so there are few.
 * @param buckets FROM-text of the buckets, with a trigger table's columns
 */
export function spanOf(buckets: string): string {
  return template({ buckets });
}
