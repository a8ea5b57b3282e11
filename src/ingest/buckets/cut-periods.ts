/** Cuts one instrument by the wall clock (clocks of mode `time`): what was traded in each period comes from one GROUP BY. */
import { closePeriods, type PeriodSums, stateAfter } from "../../clock/periods.js";
import { sourceRelation } from "../../compile/source-relation.js";
import { quoteName } from "../../schema/quote.js";
import { type InstrumentKey, instrumentName } from "../../spec/model.js";
import { sqlTemplate } from "../../sql-template.js";
import { pendingBucket } from "./batches.js";
import { type ClockContext, instrumentParams } from "./clock-context.js";
import type { CutResult } from "./cut-result.js";
import type { CutShelf } from "./cut-shelf.js";
import { readCutterState } from "./cutter-state.js";
import type { LeaseBook } from "./lease-book.js";

const sumsSql = sqlTemplate(import.meta.url, "period-sums");

/**
 * Closes every period that is over: whose end the watermark has reached, which is the last trade's time + 1 ms, or `watermark` if
 * that is later. A period that is still open keeps no state; its trades are read again with the next run. What is closed is on the
 * shelf.
 */
export async function cutPeriods(
  context: ClockContext,
  leases: LeaseBook,
  shelf: CutShelf,
  instrument: InstrumentKey,
  watermark?: number,
): Promise<CutResult> {
  const { clock } = context;
  const name = instrumentName(instrument);
  const stored = leases.states.get(name) ?? (await readCutterState(context, instrument));
  // Known again once it is stored: a run that fails half-way leaves it to be read.
  leases.states.delete(name);
  const rows = await periodRows(context, instrument, stored.state.lastEnd ?? 0);
  const last = rows.reduce((latest, row) => Math.max(latest, Number(row.last_ms) + 1), 0);
  const until = Math.max(stored.state.watermark ?? 0, last, watermark ?? 0);
  const next = stored.state.lastEnd ?? Number(rows[0]?.start ?? until);
  if (until < next + clock.maxMs) {
    leases.states.set(name, stored);
    return nothing;
  }
  const before = { ...stored.state, activeEnd: await activeEnd(context, instrument) };
  const closed = closePeriods(
    rows.map(sumsOf),
    before,
    { lengthMs: clock.maxMs, bookGapMs: clock.bookGapMs },
    until,
  );
  const state = { state: stateAfter(before, closed, until), cutVersion: stored.cutVersion };
  if (closed.length > 0) {
    shelf.put({ lease: await leases.of(instrument), buckets: closed, state });
  } else leases.states.set(name, state);
  return {
    trades: closed.reduce((sum, bucket) => sum + bucket.trades, 0),
    buckets: closed.map((bucket) => pendingBucket(instrument, bucket)),
    hasSize: true,
  };
}

const nothing: CutResult = { trades: 0, buckets: [], hasSize: true };

interface PeriodRow {
  readonly start: string;
  readonly trades: string;
  readonly lots: string;
  readonly notional: string;
  readonly available_at_ms: string;
  readonly last_ms: string;
}

function periodRows(context: ClockContext, instrument: InstrumentKey, from: number): Promise<PeriodRow[]> {
  const columns = [
    "exchange",
    "market_type",
    "symbol",
    "timestamp",
    "price",
    "quantity",
    "available_at",
    "late",
  ];
  return context.engine.rows<PeriodRow>(
    sumsSql({ trades: sourceRelation(context.project, "trades", columns) }),
    { params: { ...instrumentParams(instrument), from, length: context.clock.maxMs } },
  );
}

function sumsOf(row: PeriodRow): PeriodSums {
  return {
    start: Number(row.start),
    trades: Number(row.trades),
    lots: BigInt(row.lots),
    notional: BigInt(row.notional),
    availableAt: Number(row.available_at_ms),
  };
}

async function activeEnd(context: ClockContext, instrument: InstrumentKey): Promise<number | null> {
  const [row] = await context.engine.rows<{ end: string; found: string }>(
    `SELECT toString(max(toUnixTimestamp64Milli(bucket_ts_end))) AS end, toString(count()) AS found
     FROM ${quoteName(context.compiled.buckets)}
     WHERE exchange = {exchange:String} AND market_type = {market_type:String} AND symbol = {symbol:String} AND trades > 0`,
    { params: instrumentParams(instrument) },
  );
  return row === undefined || row.found === "0" ? null : Number(row.end);
}
