import type { Params } from "../../engine/port.js";
import type { BucketRange } from "./batches.js";
import { instrumentParams } from "./clock-context.js";

/** One condition a range, and the parameters that they all bind. */
export function rangeFilter(ranges: readonly BucketRange[]): { where: string[]; params: Params } {
  const params: Record<string, string | number> = {};
  const where = ranges.map((range, index) => {
    for (const [name, value] of Object.entries(instrumentParams(range.instrument)))
      params[`${name}${index}`] = value;
    params[`from${index}`] = range.from;
    params[`to${index}`] = range.to;
    return (
      `(exchange = {exchange${index}:String} AND market_type = {market_type${index}:String} ` +
      `AND symbol = {symbol${index}:String} AND bucket_id BETWEEN {from${index}:UInt64} AND {to${index}:UInt64})`
    );
  });
  return { where, params };
}
