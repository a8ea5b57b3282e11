import type { Engine } from "../engine/port.js";
import type { TableName } from "../schema/object.js";
import { quoteIdentifier, quoteName } from "../schema/quote.js";
import { sqlTemplate } from "../sql-template.js";
import type { FetchedVector } from "./training-set.js";

const template = sqlTemplate(import.meta.url, "record-fetch");

/**
 * Records which instruments' rows a fetch takes: their buckets are not cut anew afterwards without being asked. It is recorded before
 * the file is written, so that no training set is ever unknown. `rows` has the instrument columns and the bucket's id.
 */
export async function recordFetch(
  engine: Engine,
  log: TableName | undefined,
  vector: FetchedVector,
  rows: TableName,
  bucketId: string,
): Promise<void> {
  if (log === undefined) return;
  await engine.execute(
    template({ log: quoteName(log), rows: quoteName(rows), bucket_id: quoteIdentifier(bucketId) }),
    { params: { vector: vector.name, version: vector.table.name } },
  );
}
