import type { Params, Settings } from "../../engine/port.js";
import { quoteIdentifier, quoteName } from "../../schema/quote.js";
import type { SourceName } from "../../spec/model.js";
import { sqlTemplate } from "../../sql-template.js";
import { idColumns, sequenceColumns } from "../staging/own-fragments.js";
import type { RowKind } from "../staging/reading.js";
import { type Choice, chooseRows, type Probe, probeSlice } from "./choose-rows.js";
import { markDirty } from "./mark-dirty.js";
import { bookDataSource } from "./row-kinds.js";
import { isChosen, isLate, sliceSql } from "./slice-sql.js";
import { cutSlices, inSlice, type Slice } from "./slices.js";
import { ofInstruments, rawTable, type StoreContext, storedTable } from "./store-context.js";
import { storeShapes } from "./store-shape.js";
import { readWatermarks } from "./watermarks.js";

const storeSlice = sqlTemplate(import.meta.url, "store-slice");
const storeLate = sqlTemplate(import.meta.url, "store-late");
const countSlice = sqlTemplate(import.meta.url, "count-slice");

/** Rows of one file that were stored. */
export interface StoredCount {
  readonly file: number;
  readonly stored: number;
  readonly late: number;
}

/**
 * One block, so one part a month: a slice of trades is stored whole or not at all. What is stored after a crash is then all that came
 * before some millisecond, which the cutter may take as a shorter file.
 */
const oneBlock: Settings = {
  max_insert_threads: 1,
  min_insert_block_size_rows: 10_000_000,
  min_insert_block_size_bytes: 0,
  max_partitions_per_insert_block: 0,
  // Rows that are equal by key were left out already.
  optimize_on_insert: 0,
};

/**
 * Stores the staged rows of a source that are not stored yet, slice by slice in order of time.
 * @param kinds of its rows, in the order of the instrument table
 * @param onSlice called when a slice is stored; runs while the next one is, and is done before it is called again
 */
export async function storeSource(
  context: StoreContext,
  source: SourceName,
  kinds: readonly (RowKind | undefined)[],
  onRows: (rows: number) => void,
  onSlice: () => Promise<void> = async () => {},
): Promise<StoredCount[]> {
  const { engine, area, instruments } = context;
  const isTrades = source === "trades";
  const watermarks = isTrades ? await readWatermarks(context) : instruments.instruments.map(() => -1);
  const slices = await cutSlices(engine, area.table(source), storeShapes[source].sliceRows, isTrades);
  await context.held?.open(source);
  const counts: StoredCount[] = [];
  let next = ahead(context, source, slices[0]);
  let behind: Promise<void> = Promise.resolve();
  for (const [index, slice] of slices.entries()) {
    const found = await next;
    if (found === undefined) break;
    const choice = await chooseRows(context, source, slice, found);
    next = ahead(context, source, slices[index + 1]);
    const params: Params = {
      ...instruments.keyParams,
      from: slice.from,
      to: slice.to,
      watermarks,
      data_source: context.dataSource,
      data_sources: instruments.instruments.map((_, index) =>
        isTrades ? context.dataSource : bookDataSource(context.dataSource, kinds[index]),
      ),
      ...(isTrades ? { trade_kinds: kinds.map((kind) => kind ?? "trade") } : {}),
    };
    const counted = await countOf(context, source, choice, params);
    if (counted.length > 0) {
      if (counted.some(({ late }) => late > 0)) await storeLateRows(context, source, choice, params);
      if (context.held === undefined) await markDirty(context, source, slice, choice);
      await store(context, source, choice, params, `${source}-${context.id}-${index}`);
      counts.push(...counted);
    }
    onRows(slice.rows);
    await behind;
    behind = onSlice();
    // It is awaited in its turn; if storing fails before that, nobody asks for it any more.
    behind.catch(() => undefined);
  }
  await behind;
  return counts;
}

/** The next slice is looked at while this one is stored: the one reads, the other writes. */
function ahead(
  context: StoreContext,
  source: SourceName,
  slice: Slice | undefined,
): Promise<Probe | undefined> {
  const found = slice === undefined ? Promise.resolve(undefined) : probeSlice(context, source, slice);
  // It is awaited in its turn; if storing fails before that, nobody asks for it any more.
  found.catch(() => undefined);
  return found;
}

async function countOf(
  context: StoreContext,
  source: SourceName,
  choice: Choice,
  params: Params,
): Promise<StoredCount[]> {
  const rows = await context.engine.rows<{ file: number; stored: string; late: string }>(
    countSlice({
      staging: quoteName(context.area.table(source)),
      in_slice: inSlice,
      is_chosen: isChosen(context, choice.isFiltered, "staged"),
      is_late: isLate,
    }),
    { params },
  );
  return rows.map((row) => ({ file: row.file, stored: Number(row.stored), late: Number(row.late) }));
}

async function storeLateRows(
  context: StoreContext,
  source: SourceName,
  choice: Choice,
  params: Params,
): Promise<void> {
  const sql = storeLate({
    late: rawTable(context, "late_trades"),
    slice: sliceSql(context, source, choice.isComplete),
    is_chosen: isChosen(context, choice.isFiltered, "row"),
    is_late: isLate,
    of_instruments: ofInstruments,
    in_slice: inSlice,
  });
  await context.engine.execute(sql, { params });
}

async function store(
  context: StoreContext,
  source: SourceName,
  choice: Choice,
  params: Params,
  token: string,
): Promise<void> {
  const columns = storedColumns(source);
  const sql = storeSlice({
    table: quoteName(context.held?.table(source) ?? storedTable(context, source)),
    columns: columns.map(([name]) => quoteIdentifier(name)).join(", "),
    expressions: columns.map(([, expression]) => expression).join(",\n"),
    slice: sliceSql(context, source, choice.isComplete),
    is_chosen: isChosen(context, choice.isFiltered, "row"),
  });
  // The command's own token: a retry inside of it is dropped, while a later command may store again what was deleted since.
  await context.engine.execute(sql, { params, settings: { ...oneBlock, insert_deduplication_token: token } });
}

/** What is stored of a source: column and expression. The other columns have defaults that tell when that was. */
export function storedColumns(source: SourceName): (readonly [name: string, sql: string])[] {
  const { values, derived } = storeShapes[source];
  const own = [idColumns[source], sequenceColumns[source]].filter((name) => name !== undefined);
  return [
    ["exchange", "{exchanges:Array(String)}[instrument]"],
    ["market_type", "{market_types:Array(String)}[instrument]"],
    ["symbol", "{symbols:Array(String)}[instrument]"],
    ["timestamp", "timestamp"],
    ...[...own, ...values].map((name) => [name, name] as const),
    ...derived,
    ...(source === "trades"
      ? ([
          ["kind", "{trade_kinds:Array(String)}[instrument]"],
          ["late", isLate],
        ] as const)
      : []),
    ["available_at", "available_at"],
    ["data_source", "{data_sources:Array(String)}[instrument]"],
  ];
}
