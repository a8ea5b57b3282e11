import type { Params } from "../engine/port.js";
import { instrumentName } from "../spec/model.js";
import type { VerifyOptions } from "./check.js";

/** Of any table that is keyed by bucket, the rows that the options are about. */
export const whereInRange =
  "WHERE bucket_ts_end > fromUnixTimestamp64Milli({from:Int64}, 'UTC') " +
  "AND bucket_ts_end <= fromUnixTimestamp64Milli({to:Int64}, 'UTC') " +
  "AND (empty({instruments:Array(String)}) OR concat(exchange, '/', market_type, '/', symbol) IN {instruments:Array(String)})";

/** The far ends of what DateTime64(3) holds, in epoch ms. */
const earliest = -2_208_988_800_000;
const latest = 9_904_550_399_000;

export function rangeParams({ from, to, instruments }: VerifyOptions): Params {
  return {
    from: from ?? earliest,
    to: to ?? latest,
    instruments: (instruments ?? []).map(instrumentName),
  };
}
