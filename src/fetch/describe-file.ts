import { openScratch } from "../engine/open.js";
import type { Engine, FileSource, Settings } from "../engine/port.js";
import type { TableName } from "../schema/object.js";
import { quoteIdentifier, quoteName } from "../schema/quote.js";
import { sqlTemplate } from "../sql-template.js";

const shape = sqlTemplate(import.meta.url, "file-shape");

export interface FileColumn {
  readonly name: string;
  readonly type: string;
}

/**
 * The columns that a file's own schema or first rows give. The file is on this machine, so for a server the embedded engine looks
 * into it. `table` names a table that does not exist; it exists afterwards, and is empty.
 */
export async function describeFile(
  engine: Engine,
  file: FileSource,
  table: TableName,
  settings: Settings,
): Promise<FileColumn[]> {
  if (engine.kind === "embedded") return describeOn(engine, file, table, settings);
  const scratch = await openScratch();
  try {
    await scratch.execute(`CREATE DATABASE ${quoteIdentifier(table.database)} ENGINE = Atomic`);
    return await describeOn(scratch, file, table, settings);
  } finally {
    await scratch.close();
  }
}

async function describeOn(
  engine: Engine,
  file: FileSource,
  table: TableName,
  settings: Settings,
): Promise<FileColumn[]> {
  await engine.load(shape({ table: quoteName(table) }), file, { settings });
  return engine.rows<FileColumn>(`DESCRIBE TABLE ${quoteName(table)}`);
}
