/** The size an instrument is cut with: bucket_config where the clock reads it, else features.yaml. */
import { parseLots } from "../../clock/decimal.js";
import { type InstrumentKey, instrumentName } from "../../spec/model.js";
import { type ClockContext, featuresTable, instrumentParams } from "./clock-context.js";

/**
 * Lots in mode `volume`, trades in mode `count`; undefined for an instrument without a size, which is stored but not cut.
 * Read chain: the row of bucket_config that is valid at `at`, else the last one that expired before it, else the default of
 * features.yaml, else its fallback. `at` is the time of the trades to cut, in epoch ms: replays read what was valid then.
 */
export async function bucketSize(
  context: ClockContext,
  instrument: InstrumentKey,
  at: number,
): Promise<bigint | undefined> {
  const { clock } = context;
  const declared = clock.size.byInstrument[instrumentName(instrument)] ?? clock.size.fallback;
  const text =
    (clock.size.fromBucketConfig ? await configured(context, instrument, at) : undefined) ?? declared;
  if (text === undefined) return undefined;
  return clock.mode === "count" ? BigInt(text) : parseLots(text);
}

async function configured(
  context: ClockContext,
  instrument: InstrumentKey,
  at: number,
): Promise<string | undefined> {
  const column = context.clock.mode === "count" ? "n_trades" : "q_bucket";
  const [row] = await context.engine.rows<{ size: string }>(
    `SELECT toString(${column}) AS size
     FROM ${featuresTable(context, "bucket_config")} FINAL
     WHERE exchange = {exchange:String} AND market_type = {market_type:String} AND symbol = {symbol:String}
       AND mode = {mode:String} AND valid_from <= fromUnixTimestamp64Milli({at:Int64}, 'UTC')
     ORDER BY valid_to > fromUnixTimestamp64Milli({at:Int64}, 'UTC') DESC, valid_from DESC
     LIMIT 1`,
    { params: { ...instrumentParams(instrument), mode: context.clock.mode, at } },
  );
  return row?.size;
}
