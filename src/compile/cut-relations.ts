import type { TableName } from "../schema/object.js";
import { quoteName } from "../schema/quote.js";

/** A table of which other rows are to be seen than are stored. */
export interface TableCut {
  readonly table: TableName;
  /** The SELECT that takes its place, over the table's name with FINAL where that stands behind it. */
  readonly select: (relation: string) => string;
}

/** The text with every mention of the tables replaced by a sub-select; FINAL moves into it. */
export function cutRelations(text: string, cuts: readonly TableCut[]): string {
  const byName = new Map(cuts.map((cut) => [quoteName(cut.table), cut.select]));
  return text.replace(/(`[^`\n]+`\.`[^`\n]+`)( FINAL\b)?/g, (found, name: string, final = "") => {
    const select = byName.get(name);
    return select === undefined ? found : `(${select(`${name}${final}`)})`;
  });
}
