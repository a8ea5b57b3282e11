/** Cuts an instrument again from its first raw trade, late ones included: a new version of its buckets. */
import { initialState } from "../../clock/bucket.js";
import { sourceTable } from "../../compile/source-relation.js";
import { FeatureError } from "../../errors.js";
import type { TableName } from "../../schema/object.js";
import { quoteName } from "../../schema/quote.js";
import { type InstrumentKey, instrumentName } from "../../spec/model.js";
import { type AdvanceResult, advance } from "./advance.js";
import type { AdvanceProgress } from "./advance-progress.js";
import { type ClockContext, featuresTable, instrumentParams } from "./clock-context.js";
import { readCutterState, storeCutterStates } from "./cutter-state.js";
import { leaseBook } from "./lease-book.js";

const ofInstrument =
  "exchange = {exchange:String} AND market_type = {market_type:String} AND symbol = {symbol:String}";

export interface RebuildOptions {
  readonly storedTables: readonly TableName[];
  /** Needed once the instrument's rows were fetched or served: what was trained on can then not be recomputed. */
  readonly allowDestructive: boolean;
  readonly onProgress?: (progress: AdvanceProgress) => void;
}

export interface RebuildResult extends AdvanceResult {
  readonly cutVersion: number;
  readonly bucketsBefore: number;
}

/**
 * Throws FS_BUCKETS_NO_TRADES, and FS_BUCKETS_FETCHED (exit 3) when rows of the instrument were fetched and `allowDestructive` is not given. After a
 * crash the next writing command goes on where this one stopped.
 */
export async function rebuildInstrument(
  context: ClockContext,
  instrument: InstrumentKey,
  options: RebuildOptions,
): Promise<RebuildResult> {
  const params = instrumentParams(instrument);
  await refuseUntraded(context, instrument);
  if (!options.allowDestructive) await refuseFetched(context, instrument);
  const before = await readCutterState(context, instrument);
  const cutVersion = before.cutVersion + 1;
  await context.engine.execute(
    `INSERT INTO ${featuresTable(context, "bucket_cuts")}
       (clock, exchange, market_type, symbol, cut_version, reason, first_timestamp, buckets_before)
     SELECT {clock:String}, {exchange:String}, {market_type:String}, {symbol:String}, {version:UInt32}, 'rebuild',
       min(timestamp), {before:UInt64}
     FROM ${quoteName(sourceTable(context.project, "trades"))}
     WHERE ${ofInstrument}`,
    { params: { ...params, clock: context.clock.name, version: cutVersion, before: before.state.lastId } },
  );
  await finishRebuild(context, instrument, options.storedTables);
  const result = await advance(context, {
    instruments: [instrument],
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
  });
  return { ...result, cutVersion, bucketsBefore: before.state.lastId };
}

async function refuseUntraded(context: ClockContext, instrument: InstrumentKey): Promise<void> {
  const [row] = await context.engine.rows(
    `SELECT 1 FROM ${quoteName(sourceTable(context.project, "trades"))} WHERE ${ofInstrument} LIMIT 1`,
    { params: instrumentParams(instrument) },
  );
  if (row !== undefined) return;
  const name = instrumentName(instrument);
  throw new FeatureError(
    "FS_BUCKETS_NO_TRADES",
    `no trades of ${name} are stored, so there is nothing to cut`,
    { object: name },
  );
}

async function refuseFetched(context: ClockContext, instrument: InstrumentKey): Promise<void> {
  const [row] = await context.engine.rows<{ fetches: string }>(
    `SELECT toString(count()) AS fetches FROM ${featuresTable(context, "fetches")} WHERE ${ofInstrument}`,
    { params: instrumentParams(instrument) },
  );
  if (Number(row?.fetches ?? 0) === 0) return;
  const name = instrumentName(instrument);
  throw new FeatureError(
    "FS_BUCKETS_FETCHED",
    `features of ${name} were fetched ${row?.fetches} times from these buckets`,
    {
      object: name,
    },
  );
}

/** Removes every row that was computed from the old cut, then starts the cutter's state anew. May be repeated. */
export async function finishRebuild(
  context: ClockContext,
  instrument: InstrumentKey,
  storedTables: readonly TableName[],
): Promise<void> {
  const { engine, project, compiled, clock } = context;
  const params = instrumentParams(instrument);
  const wait = { mutations_sync: 2 };
  const remove = (table: string): Promise<void> =>
    engine.execute(`ALTER TABLE ${table} DELETE WHERE ${ofInstrument}`, { params, settings: wait });
  for (const table of storedTables) await remove(quoteName(table));
  for (const name of ["closes", "dirty"]) await remove(featuresTable(context, name));
  await remove(quoteName(compiled.buckets));
  if (!project.sources.trades.external) {
    await engine.execute(
      `ALTER TABLE ${quoteName(sourceTable(project, "trades"))} UPDATE late = 0 WHERE ${ofInstrument} AND late = 1`,
      { params, settings: wait },
    );
    await remove(quoteName({ database: project.databases.raw, name: "late_trades" }));
  }
  const [cut] = await engine.rows<{ version: number }>(
    `SELECT max(cut_version) AS version FROM ${featuresTable(context, "bucket_cuts")}
     WHERE clock = {clock:String} AND ${ofInstrument}`,
    { params: { ...params, clock: clock.name } },
  );
  const lease = await leaseBook(context).of(instrument);
  const cutVersion = Math.max(cut?.version ?? 1, 1);
  await storeCutterStates(context, [
    { instrument, state: initialState, cutVersion, version: lease.nextVersion() },
  ]);
}
