import type { TableName } from "../schema/object.js";
import { quoteName } from "../schema/quote.js";
import { sqlTemplate } from "../sql-template.js";
import type { FetchRequest } from "./fetch-request.js";

const template = sqlTemplate(import.meta.url, "record-fetch");

/**
 * Records which instruments' rows a fetch takes: their buckets are not cut anew afterwards without being asked. It is recorded before
 * the file is written, so that no training set is ever unknown. `rows` has the instrument columns and `bucket_id`.
 */
export async function recordFetch(
  { engine, vector, table, log }: FetchRequest,
  rows: TableName,
): Promise<void> {
  if (log === undefined) return;
  await engine.execute(template({ log: quoteName(log), rows: quoteName(rows) }), {
    params: { vector: vector.name, version: table.name },
  });
}
