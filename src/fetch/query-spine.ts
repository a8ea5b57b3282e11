import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Reader } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import { engineWords } from "./engine-words.js";

/** Runs `use` with the result of a query in a Parquet file, in the query's order, which is then read as any spine is. */
export async function withQuerySpine<T>(
  reader: Reader,
  sql: string,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const path = join(tmpdir(), `feature-spine-${randomBytes(6).toString("hex")}.parquet`);
  try {
    try {
      await reader.exportTo(path, "Parquet", sql, { settings: { session_timezone: "UTC" } });
    } catch (cause) {
      if (!(cause instanceof FeatureError) || cause.code !== "FS_ENGINE_QUERY") throw cause;
      throw new FeatureError("FS_FETCH_SPINE", `The query of the spine fails: ${engineWords(cause)}.`, {
        cause,
      });
    }
    return await use(path);
  } finally {
    rmSync(path, { force: true });
  }
}
