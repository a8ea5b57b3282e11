/** What an instrument is cut with: bucket_config where the clock reads it, else features.yaml. */
import { parseLots } from "../../clock/decimal.js";
import { type LimitsAt, type ScheduledLimits, sizeSchedule } from "../../clock/size-schedule.js";
import { type InstrumentKey, instrumentName } from "../../spec/model.js";
import { sessionAt } from "../../spec/session-at.js";
import { type ClockContext, featuresTable, instrumentParams } from "./clock-context.js";
import { sizedMode } from "./sized-mode.js";

/** The column of bucket_config that holds a mode's size. */
export const sizeColumn = {
  volume: "q_bucket",
  quality: "q_bucket",
  count: "n_trades",
  event: "n_updates",
} as const;

/** A size as text → what the cutter counts: lots, trades or book updates. */
export function parseSize(mode: ClockContext["clock"]["mode"], text: string): bigint {
  return mode === "volume" || mode === "quality" ? parseLots(text) : BigInt(text.replace(/\.0+$/, ""));
}

/**
 * The limits by a bucket's start, as they were valid then: a replay of last year is cut with what was valid last year. An instrument
 * without any at its first trade is stored but not cut.
 */
export async function bucketLimits(context: ClockContext, instrument: InstrumentKey): Promise<LimitsAt> {
  const { clock, project } = context;
  const declared = clock.size.byInstrument[instrumentName(instrument)] ?? clock.size.fallback;
  return sizeSchedule(
    clock.size.fromBucketConfig ? await configured(context, instrument) : [],
    declared === undefined ? undefined : parseSize(clock.mode, declared),
    (start) => sessionAt(project.sessions ?? [], start),
  );
}

async function configured(context: ClockContext, instrument: InstrumentKey): Promise<ScheduledLimits[]> {
  const { clock, engine } = context;
  const rows = await engine.rows<{
    session_tag: string;
    size: string;
    t_max_s: number;
    from_ms: string;
    to_ms: string;
  }>(
    `SELECT
       session_tag,
       toString(${sizeColumn[sizedMode(clock)]}) AS size,
       t_max_s,
       toString(toUnixTimestamp64Milli(valid_from)) AS from_ms,
       toString(toUnixTimestamp64Milli(valid_to)) AS to_ms
     FROM ${featuresTable(context, "bucket_config")} FINAL
     WHERE clock = {clock:String} AND exchange = {exchange:String} AND market_type = {market_type:String}
       AND symbol = {symbol:String} AND mode = {mode:String}`,
    { params: { ...instrumentParams(instrument), clock: clock.name, mode: clock.mode } },
  );
  return rows.map((row) => ({
    session: row.session_tag,
    size: parseSize(clock.mode, row.size),
    maxMs: row.t_max_s * 1000,
    validFrom: Number(row.from_ms),
    validTo: Number(row.to_ms),
  }));
}
