/** Waiting for what other processes have begun. */
import { setTimeout as pause } from "node:timers/promises";
import type { Reader } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import { sqlTemplate } from "../sql-template.js";

const runningSql = sqlTemplate(import.meta.url, "running-inserts");
const longestWaitMs = 600_000;

/**
 * Returns when every insert that runs now and names the database has ended: closes that began before this call are stored
 * then. Inserts that begin meanwhile are not waited for. Throws FS_MIGRATION_STEP_FAILED after ten minutes.
 */
export async function insertsEnded(
  reader: Reader,
  database: string,
  beforeEachLook: () => Promise<void> = async () => {},
): Promise<void> {
  const running = async (): Promise<string[]> => {
    const rows = await reader.rows<{ query_id: string }>(runningSql(), { params: { database } });
    return rows.map((row) => row.query_id);
  };
  let awaited = await running();
  for (let waitedMs = 0; awaited.length > 0; waitedMs += 50) {
    if (waitedMs > longestWaitMs) {
      throw new FeatureError(
        "FS_MIGRATION_STEP_FAILED",
        `inserts into ${database} do not end: query_id ${awaited.join(", ")}`,
        { object: database },
      );
    }
    await pause(50);
    await beforeEachLook();
    const still = new Set(await running());
    awaited = awaited.filter((id) => still.has(id));
  }
}
