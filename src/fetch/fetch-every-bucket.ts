import { sql } from "kysely";
import { everyBucketQuery } from "../compile/every-bucket.js";
import { final } from "../compile/kysely/final.js";
import { column, type StoredVector } from "../compile/stored-vector.js";
import { kyselyReader } from "../engine/kysely-driver.js";
import type { Reader } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import { outputFormats } from "./engine-format.js";
import { checkOut, type FetchRequest, storedVector } from "./fetch-request.js";
import { type FetchSummary, nullShares } from "./fetch-summary.js";
import { formatOf, outFormats } from "./file-format.js";
import { recordFetch } from "./record-fetch.js";

/**
 * Writes every bucket of a vector once, in its newest version, ordered by key. A vector without rows is an error and
 * writes no file.
 */
export async function fetchEveryBucket(request: FetchRequest): Promise<FetchSummary> {
  const started = performance.now();
  const { engine, vector, table, out } = request;
  const format = formatOf(out, outFormats);
  checkOut(out.path, []);
  const stored = storedVector(request);
  const [rows = 0, ...nulls] = await counts(engine, stored);
  if (rows === 0) {
    throw new FeatureError("FS_FETCH_EMPTY", `The vector ${vector.name} has no rows in ${table.name}.`, {
      object: vector.name,
    });
  }
  await recordFetch(request, table);
  const { sql: text, params } = everyBucketQuery(stored);
  const { name, settings } = outputFormats[format];
  await engine.exportTo(out.path, name, text, { params, settings });
  return {
    out: { path: out.path, format },
    rows,
    matched: rows,
    missing: 0,
    stale: 0,
    nullShares: nullShares(stored.features, nulls, rows),
    unknownInstruments: [],
    warnings: [],
    seconds: (performance.now() - started) / 1000,
  };
}

/** Rows, then NULLs of each feature. */
async function counts(reader: Reader, vector: StoredVector): Promise<number[]> {
  const [row] = await kyselyReader(reader)
    .selectFrom(final(vector.table, "vector"))
    .select(sql<string>`count()`.as("rows"))
    .select(
      vector.features.map((name, place) =>
        sql<string>`countIf(isNull(${column("vector", name)}))`.as(`nulls_${place}`),
      ),
    )
    .execute();
  const found: Readonly<Record<string, string>> = row ?? {};
  return [Number(found.rows), ...vector.features.map((_, place) => Number(found[`nulls_${place}`]))];
}
