/**
 * Repairs what a crash left half done, before anything new is stored: a rebuild that did not finish, and a cutter's state
 * that is older than the buckets it had cut (whoever stores trades asks that state what is late).
 */
import { quoteName } from "../../schema/quote.js";
import { type ClockContext, featuresTable, type InstrumentRow, instrumentOf } from "./clock-context.js";
import { readCutterState, storeCutterStates } from "./cutter-state.js";
import { leaseBook } from "./lease-book.js";
import { finishRebuild, type StoredTable } from "./rebuild.js";

/** `storedTables` are those of all clocks, and of all live and retired versions that are fed. */
export async function heal(context: ClockContext, storedTables: readonly StoredTable[]): Promise<void> {
  const params = { clock: context.clock.name };
  const unfinished = await context.engine.rows<InstrumentRow>(
    `SELECT exchange, market_type, symbol
     FROM (
       SELECT exchange, market_type, symbol, max(cut_version) AS wanted
       FROM ${featuresTable(context, "bucket_cuts")} WHERE clock = {clock:String}
       GROUP BY exchange, market_type, symbol
     ) AS cuts
     LEFT JOIN (
       SELECT exchange, market_type, symbol, cut_version
       FROM ${featuresTable(context, "bucket_state")} FINAL WHERE clock = {clock:String}
     ) AS state USING (exchange, market_type, symbol)
     WHERE wanted > greatest(cut_version, 1)`,
    { params },
  );
  for (const row of unfinished) await finishRebuild(context, instrumentOf(row), storedTables);
  const behind = await context.engine.rows<InstrumentRow>(
    `SELECT exchange, market_type, symbol
     FROM (
       SELECT exchange, market_type, symbol, max(bucket_id) AS last
       FROM ${quoteName(context.compiled.buckets)}
       GROUP BY exchange, market_type, symbol
     ) AS buckets
     LEFT JOIN (
       SELECT exchange, market_type, symbol, last_bucket_id
       FROM ${featuresTable(context, "bucket_state")} FINAL WHERE clock = {clock:String}
     ) AS state USING (exchange, market_type, symbol)
     WHERE last > last_bucket_id`,
    { params },
  );
  const leases = leaseBook(context);
  for (const row of behind) {
    const instrument = instrumentOf(row);
    const state = await readCutterState(context, instrument);
    const version = (await leases.of(instrument)).nextVersion();
    await storeCutterStates(context, [{ instrument, ...state, version }]);
  }
}
