/** The cutter's state in ClickHouse: read before cutting, stored after the buckets that it has closed. */
import { type CutterState, initialState, type PastBucket } from "../../clock/bucket.js";
import { quoteName } from "../../schema/quote.js";
import type { InstrumentKey } from "../../spec/model.js";
import { type ClockContext, featuresTable, instrumentParams } from "./clock-context.js";
import { instrumentValues } from "./instrument-values.js";

interface StateRow {
  readonly last_id: string;
  readonly last_end: string | null;
  readonly last_available_at: string | null;
  readonly open_start: string | null;
  readonly open_lots: string;
  readonly open_notional: string;
  readonly open_trades: number;
  readonly open_available_at: string | null;
  readonly watermark: string | null;
  readonly cut_version: number;
}

/** `cutVersion` counts how often the instrument was cut from its first trade: 1, and one more for each rebuild. */
export interface StoredState {
  readonly state: CutterState;
  readonly cutVersion: number;
}

/**
 * The state to go on from. When buckets were stored but the state behind them was not (a crash between the two), it is taken
 * from the last bucket: nothing was open at its end, and trades from there on are read again.
 */
export async function readCutterState(
  context: ClockContext,
  instrument: InstrumentKey,
): Promise<StoredState> {
  const params = { ...instrumentParams(instrument), clock: context.clock.name };
  const where =
    "exchange = {exchange:String} AND market_type = {market_type:String} AND symbol = {symbol:String}";
  const milliseconds = (column: string): string => `toString(toUnixTimestamp64Milli(${column}))`;
  const [stored] = await context.engine.rows<StateRow>(
    `SELECT
       toString(last_bucket_id) AS last_id,
       ${milliseconds("last_bucket_end")} AS last_end,
       ${milliseconds("last_available_at")} AS last_available_at,
       ${milliseconds("open_start")} AS open_start,
       toString(open_lots) AS open_lots,
       toString(open_notional) AS open_notional,
       open_trades,
       ${milliseconds("open_available_at")} AS open_available_at,
       ${milliseconds("watermark")} AS watermark,
       cut_version
     FROM ${featuresTable(context, "bucket_state")} FINAL
     WHERE clock = {clock:String} AND ${where}`,
    { params },
  );
  const [last] = await context.engine.rows<{ id: string; end: string; available_at: string }>(
    `SELECT toString(bucket_id) AS id, ${milliseconds("bucket_ts_end")} AS end, ${milliseconds("available_at")} AS available_at
     FROM ${quoteName(context.compiled.buckets)}
     WHERE ${where}
     ORDER BY bucket_id DESC, v DESC
     LIMIT 1`,
    { params: instrumentParams(instrument) },
  );
  const cutVersion = stored?.cut_version ?? 1;
  if (last !== undefined && Number(last.id) > Number(stored?.last_id ?? 0)) {
    const end = Number(last.end);
    return {
      cutVersion,
      state: {
        lastId: Number(last.id),
        lastEnd: end,
        lastAvailableAt: Number(last.available_at),
        watermark: end,
        open: null,
        past: await pastBuckets(context, instrument),
      },
    };
  }
  if (stored === undefined) return { state: initialState, cutVersion };
  return { cutVersion, state: { ...stateOf(stored), past: await pastBuckets(context, instrument) } };
}

/** What an adaptive time cap looks back at: stored buckets, so that a restart needs no more. */
async function pastBuckets(context: ClockContext, instrument: InstrumentKey): Promise<PastBucket[]> {
  const count = context.clock.quality?.adaptive?.buckets;
  if (count === undefined) return [];
  const rows = await context.engine.rows<{ start: string; end: string; lots: string }>(
    `SELECT
       toString(toUnixTimestamp64Milli(bucket_ts_start)) AS start,
       toString(toUnixTimestamp64Milli(bucket_ts_end)) AS end,
       toString(reinterpretAsInt128(toDecimal128(vol, 8))) AS lots
     FROM ${quoteName(context.compiled.buckets)} FINAL
     WHERE exchange = {exchange:String} AND market_type = {market_type:String} AND symbol = {symbol:String}
     ORDER BY bucket_id DESC
     LIMIT {count:UInt32}`,
    { params: { ...instrumentParams(instrument), count } },
  );
  return rows
    .map(({ start, end, lots }) => ({ start: Number(start), end: Number(end), lots: BigInt(lots) }))
    .reverse();
}

function stateOf(row: StateRow): Omit<CutterState, "past"> {
  const time = (text: string | null): number | null => (text === null ? null : Number(text));
  const start = time(row.open_start);
  return {
    lastId: Number(row.last_id),
    lastEnd: time(row.last_end),
    lastAvailableAt: time(row.last_available_at),
    watermark: time(row.watermark),
    open:
      start === null
        ? null
        : {
            start,
            lots: BigInt(row.open_lots),
            notional: BigInt(row.open_notional),
            trades: row.open_trades,
            availableAt: time(row.open_available_at) ?? start,
          },
  };
}

/** An instrument's state, and the `v` of its row. */
export interface VersionedState extends StoredState {
  readonly instrument: InstrumentKey;
  readonly version: bigint;
}

export async function storeCutterStates(
  context: ClockContext,
  states: readonly VersionedState[],
): Promise<void> {
  const column = (name: string, type: string, of: (row: VersionedState) => unknown) => ({
    name,
    type,
    values: states.map(of),
  });
  const time = (name: string, of: (state: CutterState) => number | null | undefined) =>
    column(name, "Nullable(DateTime64(3, 'UTC'))", ({ state }) => {
      const value = of(state);
      return typeof value === "number" ? BigInt(value) : null;
    });
  await context.engine.insert(
    { database: context.project.databases.features, name: "bucket_state" },
    {
      rows: states.length,
      columns: [
        column("clock", "String", () => context.clock.name),
        ...instrumentValues(states.map(({ instrument }) => instrument)),
        column("last_bucket_id", "UInt64", ({ state }) => BigInt(state.lastId)),
        time("last_bucket_end", ({ lastEnd }) => lastEnd),
        time("last_available_at", ({ lastAvailableAt }) => lastAvailableAt),
        time("open_start", ({ open }) => open?.start),
        column("open_lots", "Int256", ({ state }) => state.open?.lots ?? 0n),
        column("open_notional", "Int256", ({ state }) => state.open?.notional ?? 0n),
        column("open_trades", "UInt32", ({ state }) => state.open?.trades ?? 0),
        time("open_available_at", ({ open }) => open?.availableAt),
        time("watermark", ({ watermark }) => watermark),
        column("cut_version", "UInt32", ({ cutVersion }) => cutVersion),
        column("v", "UInt64", ({ version }) => version),
      ],
    },
  );
}
