import type { TableName } from "../schema/object.js";
import { quoteName } from "../schema/quote.js";

/** A table of which only the rows that fulfil `keep` are to be seen. */
export interface TableCut {
  readonly table: TableName;
  /** A condition over the table's own columns. */
  readonly keep: string;
}

/** The text with every mention of the tables replaced by a sub-select that leaves rows out; FINAL moves into it. */
export function cutRelations(text: string, cuts: readonly TableCut[]): string {
  const byName = new Map(cuts.map((cut) => [quoteName(cut.table), cut.keep]));
  return text.replace(/(`[^`\n]+`\.`[^`\n]+`)( FINAL\b)?/g, (found, name: string, final = "") => {
    const keep = byName.get(name);
    return keep === undefined ? found : `(SELECT * FROM ${name}${final} WHERE ${keep})`;
  });
}
