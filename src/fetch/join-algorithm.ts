import { sql } from "kysely";
import { table } from "../compile/kysely/table.js";
import type { PointInTime } from "../compile/point-in-time.js";
import type { StoredVector } from "../compile/stored-vector.js";
import { kyselyReader } from "../engine/kysely-driver.js";
import type { Reader } from "../engine/port.js";

/** What the hash join may hold. Beyond it the sorting join, which spills to disk, is also no slower (measured at 10 M × 10 M rows). */
const hashBytes = 1_000_000_000;
/** Keys, times, the join's own index; and a Nullable(Float64). */
const rowBytes = 100;
const featureBytes = 9;

/** How to join with a vector, from the most rows that can take part. */
export async function joinAlgorithm(
  reader: Reader,
  vector: StoredVector,
  limitBytes = hashBytes,
): Promise<NonNullable<PointInTime["algorithm"]>> {
  const [found] = await kyselyReader(reader)
    .selectFrom(table(vector.table, "vector"))
    .select(sql<string>`count()`.as("rows"))
    .execute();
  const bytes = Number(found?.rows) * (rowBytes + featureBytes * vector.features.length);
  return bytes <= limitBytes ? "hash" : "full_sorting_merge";
}
