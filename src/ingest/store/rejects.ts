import type { Engine } from "../../engine/port.js";
import { quoteName } from "../../schema/quote.js";
import type { SourceName } from "../../spec/model.js";
import { sqlTemplate } from "../../sql-template.js";
import { rawTable, type StoreContext } from "./store-context.js";

const store = sqlTemplate(import.meta.url, "store-rejects");
const reasons = sqlTemplate(import.meta.url, "common-reasons");

/** Stores the rows that cannot be read, each once. `fileNames` in the order of the file numbers, from 1. */
export async function storeRejects(
  context: StoreContext,
  source: SourceName,
  fileNames: readonly string[],
): Promise<void> {
  await context.engine.execute(
    store({ rejects: rawTable(context, "ingest_rejects"), staging: quoteName(context.area.table(source)) }),
    { params: { file_names: fileNames, source } },
  );
}

/** The commonest reasons against a file's rows, as words: `price is not a number (12 rows, the first is line 3)`. */
export async function commonReasons(
  context: { readonly engine: Engine; readonly area: StoreContext["area"] },
  source: SourceName,
  fileNumber: number,
): Promise<string> {
  const rows = await context.engine.rows<{ reason: string; rows: string; line: string }>(
    reasons({ staging: quoteName(context.area.table(source)) }),
    { params: { file_number: fileNumber } },
  );
  return rows
    .map(
      (row) =>
        `${row.reason} (${row.rows === "1" ? `line ${row.line}` : `${row.rows} rows, the first is line ${row.line}`})`,
    )
    .join("; ");
}
