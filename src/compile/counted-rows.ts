/** The raw rows that a clock counted into its buckets, as far as they are still stored. */
import type { Clock, Project } from "../spec/model.js";
import { sqlTemplate } from "../sql-template.js";
import { sourceRelation } from "./source-relation.js";

const template = sqlTemplate(import.meta.url, "counted-rows");

/** SQL of a quantity, or of a bucket's volume, as a whole number of lots. */
export function lotsOf(quantity: string): string {
  return `toInt256(reinterpretAsInt128(toDecimal128(${quantity}, 8)))`;
}

/**
 * A LEFT JOIN of buckets `b` with what is stored of them, `r`: how many rows (`counted`), and their `lots`. Clocks of book updates count
 * these, which have no lots (0); all others count trades.
 * @param chosen a WITH clause's name of the buckets
 */
export function countedRows(project: Project, clock: Clock, chosen: string): string {
  const key = ["exchange", "market_type", "symbol", "timestamp", "available_at"];
  if (clock.mode === "event") {
    return template({
      chosen,
      lots: "toInt256(0)",
      columns: key.join(", "),
      rows: sourceRelation(project, "orderbooks", key),
      is_counted: "1",
    });
  }
  const columns = [...key, "quantity"];
  return template({
    chosen,
    lots: lotsOf("t.quantity"),
    columns: columns.join(", "),
    rows: sourceRelation(project, "trades", [...columns, "late"]),
    is_counted: "late = 0",
  });
}
