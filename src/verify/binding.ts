/** How the texts of recomputation are bound to sampled buckets of one instrument. */
import type { CompiledObject } from "../compile/catalog.js";
import type { Params } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import { quoteName } from "../schema/quote.js";
import type { InstrumentKey, ProjectSpecs } from "../spec/model.js";
import type { SampledBucket } from "./check.js";
import type { Side } from "./compare.js";

/** The condition that names the buckets, over any table that is keyed by bucket. */
export const whereSampled =
  "WHERE exchange = {exchange:String} AND market_type = {market_type:String} AND symbol = {symbol:String} " +
  "AND bucket_id IN {ids:Array(UInt64)}";

export function sampledParams(instrument: InstrumentKey, buckets: readonly SampledBucket[]): Params {
  return {
    exchange: instrument.exchange,
    market_type: instrument.marketType,
    symbol: instrument.symbol,
    ids: buckets.map((bucket) => bucket.id),
  };
}

/** What is stored for the buckets. */
export function storedSide(object: CompiledObject): Side {
  if (object.storage === undefined) {
    throw new FeatureError("FS_INTERNAL", `${object.kind} ${object.name} stores nothing`);
  }
  const { table, columnPrefix } = object.storage;
  return { select: `SELECT * FROM ${quoteName(table)} FINAL ${whereSampled}`, prefix: columnPrefix };
}

/** Columns of an object whose values may depend on the order of rows, with their tolerance. */
export function approxOf(specs: ProjectSpecs, object: CompiledObject): ReadonlyMap<string, number> {
  const entries: [string, number][] = [];
  for (const view of specs.views) {
    for (const { name, approx } of view.columns) {
      if (approx === undefined) continue;
      if (object.kind === "view" && object.name === view.name) entries.push([name, approx]);
      if (object.kind === "vector") entries.push([`${view.name}__${name}`, approx]);
    }
  }
  return new Map(entries);
}
