/** Notes of buckets whose raw rows were stored after their close. */
import { sqlTemplate } from "../../sql-template.js";
import type { BucketRange } from "./batches.js";
import { type ClockContext, featuresTable, type InstrumentRow, instrumentOf } from "./clock-context.js";

const openSql = sqlTemplate(import.meta.url, "open-intents");
const doneSql = sqlTemplate(import.meta.url, "done-intents");

/** Consecutive buckets that one intent names. */
export interface IntentRange extends BucketRange {
  readonly intent: string;
}

/** What is open now. Whoever stores rows may add more at any time. */
export async function openIntents(context: ClockContext): Promise<IntentRange[]> {
  const rows = await context.engine.rows<InstrumentRow & { intent: string; first: string; last: string }>(
    openSql({ dirty: featuresTable(context, "dirty") }),
    { params: { clock: context.clock.name } },
  );
  return rows.map((row) => ({
    instrument: instrumentOf(row),
    intent: row.intent,
    from: Number(row.first),
    to: Number(row.last),
  }));
}

/** Marks as done what was open when `ranges` were read, and nothing that came later. */
export async function markDone(context: ClockContext, ranges: readonly IntentRange[]): Promise<void> {
  const sql = doneSql({ dirty: featuresTable(context, "dirty") });
  for (let at = 0; at < ranges.length; at += rangesAtOnce) {
    const some = ranges.slice(at, at + rangesAtOnce);
    await context.engine.execute(sql, {
      params: {
        clock: context.clock.name,
        exchanges: some.map(({ instrument }) => instrument.exchange),
        markets: some.map(({ instrument }) => instrument.marketType),
        symbols: some.map(({ instrument }) => instrument.symbol),
        intents: some.map(({ intent }) => intent),
        firsts: some.map(({ from }) => from),
        lasts: some.map(({ to }) => to),
      },
    });
  }
}

const rangesAtOnce = 500;
