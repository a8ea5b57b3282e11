import { sql } from "kysely";
import { typed } from "./kysely/typed-parameter.js";

/** Epoch ms, both ends belong to it. */
export interface TimeRange {
  readonly firstMs: number;
  readonly lastMs: number;
}

/** `(time, bucket_id)` as one number, so that comparing numbers compares time first; without an id it is the highest there is. */
export type KnownAt = (time: unknown, bucketId?: unknown) => ReturnType<typeof sql>;

/** A million buckets of an instrument, beside a range of 550 years. */
const fewestIdBits = 20;

/**
 * An ASOF join compares one column and picks any of those that tie, so the column must hold the tie-break: a Decimal128, the
 * widest type that every version's ASOF join takes.
 *
 * With a range of times it is a UInt64: the time since the range's start in as few bits as it needs, the id in those that are left
 * (25 for ten years). That takes a fifth off the join's time. An id that needs more bits makes the statement fail with
 * FUNCTION_THROW_IF_VALUE_IS_NON_ZERO.
 */
export function knownAt(range: TimeRange | undefined): KnownAt {
  const idBits = range === undefined ? 0 : 64 - (range.lastMs - range.firstMs).toString(2).length;
  if (range === undefined || idBits < fewestIdBits) {
    return (time, bucketId = typed(2n ** 64n - 1n, "UInt64")) =>
      sql`toDecimal128(bitShiftLeft(toInt128(${milliseconds(time)}), 64) + ${bucketId}, 0)`;
  }
  const highest = typed(2n ** BigInt(idBits) - 1n, "UInt64");
  return (time, bucketId) => {
    const since = sql`toUInt64(${milliseconds(time)} - ${typed(range.firstMs, "Int64")})`;
    const shifted = sql`bitShiftLeft(${since}, ${sql.lit(idBits)})`;
    return bucketId === undefined
      ? sql`${shifted} + ${highest}`
      : sql`${shifted} + ${bucketId} + throwIf(${bucketId} > ${highest}, 'a bucket id needs more bits')`;
  };
}

function milliseconds(time: unknown) {
  return sql`toUnixTimestamp64Milli(${time})`;
}
