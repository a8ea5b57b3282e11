/** Which stored buckets can still be computed from raw rows: retention removes those long before it removes features. */
import type { Clock, Project } from "../spec/model.js";
import { sqlTemplate } from "../sql-template.js";
import { sourceRelation } from "./source-relation.js";

const template = sqlTemplate(import.meta.url, "whole-buckets");

const lotsOf = (value: string): string => `toInt256(reinterpretAsInt128(toDecimal128(${value}, 8)))`;

/**
 * A SELECT of the keys of those buckets of `buckets` whose raw rows are all stored: as many, and as many lots, as the clock counted; and
 * so of all buckets that end within `reachMs` before the end of one. Clocks of book updates are counted by these. What is
 * left out would come out as a wrong number, not as NULL.
 * @param buckets FROM-text with the columns of the clock's bucket table; it must hold what lies within `reachMs`
 */
export function wholeBuckets(project: Project, clock: Clock, buckets: string, reachMs: number): string {
  const key = ["exchange", "market_type", "symbol", "timestamp", "available_at"];
  const slots = { buckets, reach_ms: String(reachMs) };
  if (clock.mode === "event") {
    return template({
      ...slots,
      bucket_lots: "toInt256(0)",
      row_lots: "toInt256(0)",
      columns: key.join(", "),
      rows: sourceRelation(project, "orderbooks", key),
      is_counted: "1",
    });
  }
  const columns = [...key, "quantity"];
  return template({
    ...slots,
    bucket_lots: lotsOf("c.vol"),
    row_lots: lotsOf("t.quantity"),
    columns: columns.join(", "),
    rows: sourceRelation(project, "trades", [...columns, "late"]),
    is_counted: "late = 0",
  });
}
