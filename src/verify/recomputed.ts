/** Rows of sampled buckets, computed again from everything that is stored today: once for all checks that need them. */
import { recomputeSelect } from "../compile/recompute.js";
import type { Reader } from "../engine/port.js";
import { sampledParams, whereSampled } from "./binding.js";
import type { Recomputed, Rows } from "./check.js";
import { readRows } from "./compare.js";

/** More buckets than this are computed again by each check: a whole history need not fit into memory. */
const keptBuckets = 500;

/** @param sampled how many buckets are sampled */
export function recomputing(engine: Reader, sampled: number): Recomputed {
  const kept = new Map<string, Rows>();
  return async (object, buckets) => {
    const [first] = buckets;
    const select = recomputeSelect(object, { where: whereSampled });
    if (first === undefined || select === undefined) return undefined;
    const params = sampledParams(first.instrument, buckets);
    const key = JSON.stringify([object.clock, object.kind, object.name, params]);
    const known = kept.get(key);
    if (known !== undefined) return known;
    const rows = await readRows(engine, object, { select, prefix: "" }, params);
    if (sampled <= keptBuckets) kept.set(key, rows);
    return rows;
  };
}
