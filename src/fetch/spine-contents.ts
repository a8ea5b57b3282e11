import { sql } from "kysely";
import { table } from "../compile/kysely/table.js";
import { areFew, mostWords, type SpineContents } from "../compile/spine.js";
import { column } from "../compile/stored-vector.js";
import { kyselyReader } from "../engine/kysely-driver.js";
import type { Reader } from "../engine/port.js";
import { instrumentKey } from "../schema/common-columns.js";
import type { TableName } from "../schema/object.js";

/** What a spine holds that has rows; undefined where it has too many words to be listed. */
export async function readSpineContents(
  reader: Reader,
  spine: TableName,
): Promise<SpineContents | undefined> {
  const wordsOf = (key: string) => sql<string[]>`groupUniqArray(${mostWords + 1})(${column("spine", key)})`;
  const ms = (moment: "min" | "max") =>
    sql<string>`toUnixTimestamp64Milli(${sql.raw(moment)}(${column("spine", "ts")}))`;
  const [found] = await kyselyReader(reader)
    .selectFrom(table(spine, "spine"))
    .select([ms("min").as("first"), ms("max").as("last")])
    .select(instrumentKey.map((key) => wordsOf(key).as(key)))
    .execute();
  if (found === undefined) return undefined;
  const { exchange, market_type, symbol } = found;
  const words = { exchange, market_type, symbol };
  if (!areFew(words)) return undefined;
  return { range: { firstMs: Number(found.first), lastMs: Number(found.last) }, words };
}
