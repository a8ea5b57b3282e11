import type { Engine } from "../../engine/port.js";
import type { TableName } from "../../schema/object.js";
import { quoteName } from "../../schema/quote.js";
import { sqlTemplate } from "../../sql-template.js";

const mostParts = sqlTemplate(import.meta.url, "most-parts");

/** With more parts than this in a month, merging is worth its time at once. */
const partsAtMost = 50;

/**
 * Runs `work` while the table's parts are not merged: on a small machine that costs as much as cutting what was just stored
 * (docs/engine-facts.md).
 * Only an embedded engine waits: its merges are this process's own, so nothing stays stopped when it ends.
 */
export async function holdMerges<T>(engine: Engine, table: TableName, work: () => Promise<T>): Promise<T> {
  if (engine.kind !== "embedded" || (await partsOf(engine, table)) > partsAtMost) return work();
  await engine.execute(`SYSTEM STOP MERGES ${quoteName(table)}`);
  try {
    return await work();
  } finally {
    await engine.execute(`SYSTEM START MERGES ${quoteName(table)}`);
  }
}

async function partsOf(engine: Engine, { database, name }: TableName): Promise<number> {
  const [row] = await engine.rows<{ parts: string }>(mostParts(), { params: { database, name } });
  return Number(row?.parts ?? 0);
}
