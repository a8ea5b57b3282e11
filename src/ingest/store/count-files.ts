import { quoteName } from "../../schema/quote.js";
import type { SourceName } from "../../spec/model.js";
import { sqlTemplate } from "../../sql-template.js";
import type { StoreContext } from "./store-context.js";

const template = sqlTemplate(import.meta.url, "count-files");

/** Staged rows of one file, source and instrument (0: rejected rows that name none). */
export interface StagedCount {
  readonly source: SourceName;
  readonly file: number;
  readonly instrument: number;
  readonly rows: number;
  readonly rejected: number;
}

export async function countFiles(context: StoreContext, source: SourceName): Promise<StagedCount[]> {
  const rows = await context.engine.rows<{
    file: number;
    instrument: number;
    rows: string;
    rejected: string;
  }>(template({ staging: quoteName(context.area.table(source)) }));
  return rows.map((row) => ({
    source,
    file: row.file,
    instrument: row.instrument,
    rows: Number(row.rows),
    rejected: Number(row.rejected),
  }));
}
