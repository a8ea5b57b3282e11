import type { Engine } from "../../engine/port.js";
import { stagingName } from "../../schema/passing-tables.js";
import { quoteName } from "../../schema/quote.js";
import { sqlTemplate } from "../../sql-template.js";
import { brokenFile } from "../files/broken-file.js";
import type { Part } from "../files/input-file.js";
import type { ParquetColumn } from "./reading.js";

const load = sqlTemplate(import.meta.url, "load-parquet-columns");

/** The part of the format ParquetMetadata that is read; the engine wants its columns in full. */
const metadata =
  "columns Array(Tuple(name String, path String, max_definition_level UInt64, max_repetition_level UInt64, " +
  "physical_type String, logical_type String, compression String, total_uncompressed_size UInt64, " +
  "total_compressed_size UInt64, space_saved String, encodings Array(String)))";

/** The columns of a Parquet file that hold single values or lists of them. The engine reads them from the file's footer. */
export async function parquetColumns(
  engine: Engine,
  database: string,
  id: string,
  part: Part,
): Promise<ParquetColumn[]> {
  const table = quoteName({ database, name: stagingName("columns", id) });
  await engine.execute(`CREATE TABLE ${table} (path String, repeats UInt64) ENGINE = Memory`);
  try {
    await engine.load(load({ table }), {
      path: part.path,
      format: "ParquetMetadata",
      structure: metadata,
    });
    const rows = await engine.rows<{ path: string; repeats: string }>(
      `SELECT path, repeats FROM ${table} ORDER BY path`,
    );
    return rows.flatMap(({ path, repeats }) => {
      const name =
        repeats === "0" ? path : path.replace(/\.(list\.(element|item)|bag\.array_element|array)$/, "");
      // Structures, and lists of lists, are no columns of ours.
      return name.includes(".") || Number(repeats) > 1 ? [] : [{ name, isArray: repeats !== "0" }];
    });
  } catch (cause) {
    throw brokenFile(part.name, cause);
  } finally {
    await engine.execute(`DROP TABLE IF EXISTS ${table} SYNC`);
  }
}
