/** Cuts an instrument again from its first raw trade, late ones included: a new version of its buckets. */
import { initialState } from "../../clock/bucket.js";
import { sourceTable } from "../../compile/source-relation.js";
import { wholeBuckets } from "../../compile/whole-buckets.js";
import { FeatureError } from "../../errors.js";
import type { TableName } from "../../schema/object.js";
import { quoteName } from "../../schema/quote.js";
import { type InstrumentKey, instrumentName } from "../../spec/model.js";
import { type AdvanceResult, advance } from "./advance.js";
import type { AdvanceProgress } from "./advance-progress.js";
import { type ClockContext, featuresTable, instrumentParams } from "./clock-context.js";
import { type ClockSession, clockSessions } from "./clock-sessions.js";
import { readCutterState, storeCutterStates } from "./cutter-state.js";
import { leaseBook } from "./lease-book.js";

const ofInstrument =
  "exchange = {exchange:String} AND market_type = {market_type:String} AND symbol = {symbol:String}";
const ofClock = `clock = {clock:String} AND ${ofInstrument}`;

/** A table of feature rows, and the clock whose buckets it has rows of. */
export interface StoredTable {
  readonly clock: string;
  readonly table: TableName;
}

export interface RebuildOptions {
  /** Of all clocks and of all versions that are fed. */
  readonly storedTables: readonly StoredTable[];
  /**
   * Needed once the instrument's rows were fetched or served: what was trained on can then not be recomputed. Needed also where raw
   * rows of its buckets are gone: these buckets, and their features, are then gone as well.
   */
  readonly allowDestructive: boolean;
  readonly onProgress?: (progress: AdvanceProgress) => void;
}

interface Cut {
  readonly clock: string;
  readonly cutVersion: number;
  readonly bucketsBefore: number;
}

export interface RebuildResult extends AdvanceResult, Cut {}

/**
 * By all clocks: a late trade that one of them takes in is late for none. A result a clock, in the order given.
 *
 * Throws FS_BUCKETS_NO_TRADES; where `allowDestructive` is not given also FS_BUCKETS_EXPIRED when buckets would be lost and
 * FS_BUCKETS_FETCHED when rows of the instrument were fetched (exit 3 both). After a crash the next writing command goes on where this one stopped.
 */
export async function rebuildInstrument(
  clocks: readonly ClockContext[],
  instrument: InstrumentKey,
  options: RebuildOptions,
): Promise<RebuildResult[]> {
  const [first] = clocks;
  if (first === undefined) return [];
  await refuseUntraded(first, instrument);
  if (!options.allowDestructive) {
    await refuseExpired(clocks, instrument);
    await refuseFetched(first, instrument);
  }
  const noted: (ClockSession & { readonly cut: Cut })[] = [];
  for (const one of clockSessions(clocks)) noted.push({ ...one, cut: await noteCut(one.clock, instrument) });
  for (const { clock } of noted) await finishRebuild(clock, instrument, options.storedTables);
  const results: RebuildResult[] = [];
  for (const { clock, session, cut } of noted) {
    const { onProgress } = options;
    const advanced = await advance(clock, {
      session,
      instruments: [instrument],
      ...(onProgress === undefined ? {} : { onProgress }),
    });
    results.push({ ...advanced, ...cut });
  }
  return results;
}

/** From here on a crash is healed by doing it. */
async function noteCut(context: ClockContext, instrument: InstrumentKey): Promise<Cut> {
  const clock = context.clock.name;
  const before = await readCutterState(context, instrument);
  const cutVersion = before.cutVersion + 1;
  const bucketsBefore = before.state.lastId;
  await context.engine.execute(
    `INSERT INTO ${featuresTable(context, "bucket_cuts")}
       (clock, exchange, market_type, symbol, cut_version, reason, first_timestamp, buckets_before)
     SELECT {clock:String}, {exchange:String}, {market_type:String}, {symbol:String}, {version:UInt32}, 'rebuild',
       min(timestamp), {before:UInt64}
     FROM ${quoteName(sourceTable(context.project, "trades"))}
     WHERE ${ofInstrument}`,
    { params: { ...instrumentParams(instrument), clock, version: cutVersion, before: bucketsBefore } },
  );
  return { clock, cutVersion, bucketsBefore };
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

/** Cutting starts at the first trade that is stored: buckets of what is gone would be gone, and the ids of the others be others. */
async function refuseExpired(clocks: readonly ClockContext[], instrument: InstrumentKey): Promise<void> {
  const name = instrumentName(instrument);
  const lost: string[] = [];
  for (const { engine, project, clock, compiled } of clocks) {
    const buckets = `(SELECT * FROM ${quoteName(compiled.buckets)} FINAL WHERE ${ofInstrument})`;
    const [row] = await engine.rows<{ stored: string; gone: string }>(
      `SELECT toString(count()) AS stored, toString(countIf(bucket_id NOT IN (
         SELECT bucket_id FROM (${wholeBuckets(project, clock, buckets, 0)})
       ))) AS gone
       FROM ${buckets}`,
      { params: instrumentParams(instrument) },
    );
    if (row !== undefined && row.gone !== "0")
      lost.push(`${row.gone} of ${row.stored} buckets of clock ${clock.name}`);
  }
  if (lost.length === 0) return;
  throw new FeatureError(
    "FS_BUCKETS_EXPIRED",
    `raw rows of ${name} are gone that its buckets were cut from: cutting it again would lose ${lost.join(", ")} and give the others new ids`,
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

/** Removes every row that was computed from the clock's old cut, then starts the cutter's state anew. May be repeated. */
export async function finishRebuild(
  context: ClockContext,
  instrument: InstrumentKey,
  storedTables: readonly StoredTable[],
): Promise<void> {
  const { engine, project, compiled, clock } = context;
  const params = { ...instrumentParams(instrument), clock: clock.name };
  const wait = { mutations_sync: 2 };
  const remove = (table: string, rows = ofInstrument): Promise<void> =>
    engine.execute(`ALTER TABLE ${table} DELETE WHERE ${rows}`, { params, settings: wait });
  for (const { table, clock: of } of storedTables) if (of === clock.name) await remove(quoteName(table));
  for (const name of ["closes", "dirty"]) await remove(featuresTable(context, name), ofClock);
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
     WHERE ${ofClock}`,
    { params },
  );
  const lease = await leaseBook(context).of(instrument);
  const cutVersion = Math.max(cut?.version ?? 1, 1);
  await storeCutterStates(context, [
    { instrument, state: initialState, cutVersion, version: lease.nextVersion() },
  ]);
}
