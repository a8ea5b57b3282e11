/** Sizes for the instruments of a clock, from the trades (or book updates) of a look-back. store-sizes.ts stores them. */
import { type Calibration, calibrate } from "../../clock/calibrate.js";
import { formatLots, parseLots } from "../../clock/decimal.js";
import { type Pace, paceOf } from "../../clock/pace.js";
import type { SizeBounds } from "../../clock/size-grid.js";
import { sourceRelation } from "../../compile/source-relation.js";
import { type InstrumentKey, instrumentName } from "../../spec/model.js";
import { sqlTemplate } from "../../sql-template.js";
import { bucketLimits, parseSize } from "./bucket-limits.js";
import { type ClockContext, featuresTable, instrumentParams } from "./clock-context.js";
import { cuttableInstruments } from "./cuttable-instruments.js";
import { cutterParams } from "./cutter-params.js";
import { readGroups } from "./read-groups.js";
import { sizedMode } from "./sized-mode.js";

const minutesSql = sqlTemplate(import.meta.url, "minutes");
const minuteMs = 60_000;

export interface CalibrateOptions {
  readonly lookBackMs: number;
  /** End of the look-back, epoch ms; undefined: the minute after the last stored row of the clock's source. */
  readonly until: number | undefined;
  readonly instruments: readonly InstrumentKey[] | undefined;
  readonly signal?: AbortSignal;
  readonly onInstrument?: (done: number, total: number, name: string) => void;
}

/** How buckets of a size come out; seconds. */
interface Durations {
  readonly buckets: number;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly timeShare: number | null;
}

export interface CalibratedSize {
  readonly instrument: InstrumentKey;
  /** Lots, trades or updates. */
  readonly lots: bigint;
  readonly lotBounds: SizeBounds;
  /** The same as decimal texts: units of base, or whole numbers of trades or updates. */
  readonly size: string;
  readonly ratioSize: string;
  /** What is in force at the end of the look-back, and how buckets of it come out; null without any. */
  readonly current: (Durations & { readonly size: string }) | null;
  readonly expected: Durations;
  readonly bounds: { readonly min: string; readonly max: string | null };
  /** Longest duration, seconds. */
  readonly maxS: number;
  /** What is traded a second, in units of the size, over all minutes of the look-back. */
  readonly pace: Pace;
  readonly tradesPace: Pace;
  readonly minutes: number;
  /** Epoch ms. */
  readonly validFrom: number;
}

export interface ClockCalibration {
  /** Epoch ms; null when nothing is stored. */
  readonly until: number | null;
  readonly sizes: readonly CalibratedSize[];
  readonly skipped: readonly { readonly instrument: InstrumentKey; readonly reason: string }[];
}

export async function calibrateClock(
  context: ClockContext,
  options: CalibrateOptions,
): Promise<ClockCalibration> {
  sizedMode(context.clock);
  const until = options.until ?? (await endOfData(context));
  if (until === undefined) return { until: null, sizes: [], skipped: [] };
  const instruments = options.instruments ?? (await cuttableInstruments(context));
  const sizes: CalibratedSize[] = [];
  const skipped: { instrument: InstrumentKey; reason: string }[] = [];
  for (const [index, instrument] of instruments.entries()) {
    options.signal?.throwIfAborted();
    options.onInstrument?.(index, instruments.length, instrumentName(instrument));
    const found = await calibrateInstrument(context, instrument, until - options.lookBackMs, until);
    if (typeof found === "string") skipped.push({ instrument, reason: found });
    else sizes.push(found);
  }
  return { until, sizes, skipped };
}

interface MinuteRow {
  readonly minute: string;
  readonly amount: string | number;
  readonly events: string;
}

async function calibrateInstrument(
  context: ClockContext,
  instrument: InstrumentKey,
  earliest: number,
  until: number,
): Promise<CalibratedSize | string> {
  const { clock, engine } = context;
  const countsLots = clock.mode === "volume" || clock.mode === "quality";
  const rows = await engine.rows<MinuteRow>(
    minutesSql({
      rows: groupRelation(context, ["exchange", "market_type", "symbol", "timestamp", "quantity"]),
      amount: countsLots ? "toFloat64(sum(quantity)) * 1e8" : "toFloat64(count())",
    }),
    { params: { ...instrumentParams(instrument), from: earliest, to: until } },
  );
  const [first] = rows;
  if (first === undefined) return "nothing is stored of it in the look-back";
  // An instrument that is younger than the look-back has no empty minutes before its first trade.
  const from = Math.max(earliest, Number(first.minute) * 1000);
  const minutes = Math.max(1, Math.round((until - from) / minuteMs));
  const pace = paceOf(
    rows.map(({ amount }) => Number(amount)),
    minutes,
  );
  const limitsAt = await bucketLimits(context, instrument);
  const current = limitsAt(until);
  const bounds = boundsOf(context, instrument);
  const calibration = await calibrate({
    pace,
    targetMs: clock.targetMs,
    bounds,
    params: cutterParams(clock),
    until,
    current: current && { size: current.size, maxMs: Math.min(current.maxMs ?? clock.maxMs, clock.maxMs) },
    batches: () => readGroups(context, instrument, from, until),
  });
  if (calibration === undefined) return "no bucket closes in the look-back";
  const text = (size: bigint): string => (countsLots ? formatLots(size) : String(size));
  const inUnits = ({ p50, p80, mean }: Pace): Pace =>
    countsLots ? { p50: p50 / 1e8, p80: p80 / 1e8, mean: mean / 1e8 } : { p50, p80, mean };
  const now = calibration.current;
  return {
    instrument,
    lots: calibration.chosen.size,
    lotBounds: bounds,
    size: text(calibration.chosen.size),
    ratioSize: text(calibration.ratio),
    current: now === undefined ? null : { ...durations(now), size: text(now.size) },
    expected: durations(calibration.chosen),
    bounds: { min: text(bounds.min), max: bounds.max === undefined ? null : text(bounds.max) },
    maxS: calibration.chosen.maxMs / 1000,
    pace: inUnits(pace),
    tradesPace: paceOf(
      rows.map(({ events }) => Number(events)),
      minutes,
    ),
    minutes,
    validFrom: await validFrom(context, instrument, until),
  };
}

function durations({ buckets, p50, p90, timeShare }: Calibration["chosen"]): Durations {
  return { buckets, p50, p90, timeShare };
}

function boundsOf({ clock, project }: ClockContext, instrument: InstrumentKey): SizeBounds {
  const name = instrumentName(instrument);
  const declared = clock.size.bounds?.[name];
  if (declared !== undefined) {
    return { min: parseSize(clock.mode, declared.min), max: parseSize(clock.mode, declared.max) };
  }
  if (clock.mode === "count" || clock.mode === "event") return { min: 1n, max: undefined };
  const known = project.instruments.find((one) => instrumentName(one) === name);
  return { min: known === undefined ? 1n : parseLots(known.lotSize), max: undefined };
}

/**
 * Sizes hold from the end of the look-back: what they were found from is never cut by them. An instrument that was never cut has
 * nothing to be cut anew, and could not be cut at all without a size for its first trade.
 */
async function validFrom(context: ClockContext, instrument: InstrumentKey, until: number): Promise<number> {
  const [state] = await context.engine.rows(
    `SELECT 1 FROM ${featuresTable(context, "bucket_state")} FINAL
     WHERE clock = {clock:String} AND exchange = {exchange:String} AND market_type = {market_type:String}
       AND symbol = {symbol:String} AND isNotNull(watermark)`,
    { params: { ...instrumentParams(instrument), clock: context.clock.name } },
  );
  return state === undefined ? 0 : until;
}

async function endOfData(context: ClockContext): Promise<number | undefined> {
  const [row] = await context.engine.rows<{ rows: string; last: string }>(
    `SELECT toString(count()) AS rows, toString(toUnixTimestamp64Milli(max(timestamp))) AS last
     FROM ${groupRelation(context, ["timestamp"]).replace(/ FINAL$/, "")}`,
  );
  if (row === undefined || row.rows === "0") return undefined;
  return (Math.floor(Number(row.last) / minuteMs) + 1) * minuteMs;
}

/** What the clock counts. */
function groupRelation({ clock, project }: ClockContext, columns: readonly string[]): string {
  const source = clock.mode === "event" ? "orderbooks" : "trades";
  return sourceRelation(
    project,
    source,
    source === "trades" ? columns : columns.filter((name) => name !== "quantity"),
  );
}
