/** Which stored buckets can still be computed from raw rows: retention removes those long before it removes features. */
import type { Clock, Project } from "../spec/model.js";
import { sqlTemplate } from "../sql-template.js";
import { countedRows, lotsOf } from "./counted-rows.js";

const template = sqlTemplate(import.meta.url, "whole-buckets");

/**
 * A SELECT of the keys of those buckets of `buckets` whose raw rows are all stored: as many, and as many lots, as the clock counted; and
 * so of all buckets that end within `reachMs` before the end of one. Clocks of book updates are counted by these. What is
 * left out would come out as a wrong number, not as NULL.
 * @param buckets FROM-text with the columns of the clock's bucket table; it must hold what lies within `reachMs`
 */
export function wholeBuckets(project: Project, clock: Clock, buckets: string, reachMs: number): string {
  return template({
    buckets,
    counted_rows: countedRows(project, clock, "chosen"),
    bucket_lots: clock.mode === "event" ? "toInt256(0)" : lotsOf("b.vol"),
    reach_ms: String(reachMs),
  });
}

/** A further condition on rows with a bucket's key: only buckets that `whole` gives. Nothing where it is undefined. */
export function andWhole(whole: string | undefined): string {
  if (whole === undefined) return "";
  return `\n  AND (exchange, market_type, symbol, bucket_id) IN (\n${whole}\n)`;
}
