import { csvPlaces } from "./csv-text.js";
import type { SpineFile } from "./spine-file.js";

/** Where a data row (from 1) stands in its file. */
export async function spinePlace(spine: SpineFile, row: number): Promise<{ words: string; line?: number }> {
  if (spine.format === "parquet") return { words: `row ${row}` };
  const line = spine.format === "csv" ? (await csvPlaces(spine.path, row + 1)).record : row;
  return line === undefined ? { words: `row ${row}` } : { words: `line ${line}`, line };
}
