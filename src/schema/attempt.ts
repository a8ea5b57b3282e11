/**
 * The `v` of rows that belong to a bucket: `writer epoch << 40 | attempt << 8 | backfill`. The highest wins. A writer counts
 * attempts and leaves `backfill` 0; what fills a new version writes just above the highest attempt that it has seen, so it
 * wins over that one, and the next attempt wins over it.
 */
const epochBits = 40n;
const backfillBits = 8n;
const lastBackfill = (1n << backfillBits) - 1n;

/** The `v` of a writer's attempt, both from 1. */
export function attemptVersion(epoch: number, attempt: bigint): bigint {
  return (BigInt(epoch) << epochBits) | (attempt << backfillBits);
}

/**
 * The `v` of a backfill, `highest` being the greatest that its buckets have, in their own table and in the one to be filled.
 * After 255 backfills on top of one attempt it no longer rises: of equal ones the row that was stored last wins.
 */
export function backfillVersion(highest: bigint): bigint {
  return (highest & lastBackfill) === lastBackfill ? highest : highest + 1n;
}
