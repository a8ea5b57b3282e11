import type { Reader, Settings } from "../engine/port.js";
import type { TableName } from "../schema/object.js";
import { quoteIdentifier, quoteName } from "../schema/quote.js";
import { sqlTemplate } from "../sql-template.js";
import type { Manifest } from "./manifest.js";

const template = sqlTemplate(import.meta.url, "facts");

/** What a manifest says about a relation's rows. */
export interface Facts {
  readonly rows: number;
  readonly timeRange: Manifest["timeRange"];
  /** 32 hex digits of what tells the rows apart, the same in whatever order they are read. */
  readonly rowsHash: string;
  /** Share of rows where a value is NULL, by its place among those asked for; 0 of no rows. */
  readonly nullShare: (place: number) => number;
}

/** `rows` is a table, or a SELECT in brackets. `moment` and `identity` name its columns. */
export async function readFacts(
  reader: Reader,
  rows: TableName | string,
  moment: string,
  identity: readonly string[],
  values: readonly string[],
  settings: Settings = {},
): Promise<Facts> {
  const [found] = await reader.rows<{
    rows: string;
    first: string | null;
    last: string | null;
    rows_hash: string;
    nulls: readonly string[];
  }>(
    template({
      rows: typeof rows === "string" ? rows : quoteName(rows),
      moment: quoteIdentifier(moment),
      identity: identity.map(quoteIdentifier).join(", "),
      nulls: values.map((name) => `countIf(isNull(${quoteIdentifier(name)}))`).join(", "),
    }),
    { settings },
  );
  const count = Number(found?.rows ?? 0);
  const { first = null, last = null } = found ?? {};
  return {
    rows: count,
    timeRange: first === null || last === null ? null : { from: first, to: last },
    rowsHash: found?.rows_hash ?? "",
    nullShare: (place) => (count === 0 ? 0 : Number(found?.nulls[place] ?? 0) / count),
  };
}
