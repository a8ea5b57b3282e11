import { sql } from "kysely";
import { table } from "../compile/kysely/table.js";
import { kyselyReader } from "../engine/kysely-driver.js";
import type { Reader } from "../engine/port.js";
import type { TableName } from "../schema/object.js";
import { marketTypes } from "../spec/model.js";
import { spineError } from "./spine-error.js";
import type { SpineFile } from "./spine-file.js";
import { spinePlace } from "./spine-place.js";

/** What each column must hold, for messages. */
const expectations: Readonly<Record<string, string>> = {
  exchange: "the venue's name in lower case",
  market_type: `one of ${marketTypes.join(", ")}`,
  symbol: "the venue's symbol in upper case",
  ts: "2024-08-08T23:54:15.342Z, 2024-08-08 23:54:15.342 (UTC), or milliseconds since 1970 in 13 digits",
};

/** Counts the rows of a loaded spine. None at all, or any that was marked as unusable, is an error that names the first. */
export async function checkSpine(reader: Reader, spine: SpineFile, name: TableName): Promise<number> {
  const staged = kyselyReader(reader).selectFrom(
    table<{ row: string; problem: string; found: string }, "spine">(name, "spine"),
  );
  const [counts] = await staged
    .select([sql<string>`count()`.as("rows"), sql<string>`countIf(problem != '')`.as("bad")])
    .execute();
  const [rows, bad] = [Number(counts?.rows), Number(counts?.bad)];
  if (rows === 0) throw spineError(spine.path, "holds no rows");
  if (bad === 0) return rows;
  const [first] = await staged
    .select(["spine.row", "spine.problem", "spine.found"])
    .where("spine.problem", "!=", "")
    .orderBy("spine.row")
    .limit(1)
    .execute();
  const { row = "", problem = "", found = "" } = first ?? {};
  const value =
    found === "" ? "empty" : JSON.stringify(found.length <= 60 ? found : `${found.slice(0, 60)}…`);
  const place = await spinePlace(spine, Number(row));
  const many = bad === 1 ? "" : `; nor can ${bad - 1} more of its ${rows} rows`;
  const line = place.line === undefined ? {} : { line: place.line };
  throw spineError(
    spine.path,
    `cannot be used: in ${place.words}, ${problem} is ${value}, expected ${expectations[problem]}${many}`,
    line,
  );
}
