/** What a clock cuts, in order, as the cutter takes it: one row for each millisecond that has trades, or book updates. */
import type { ExactColumn, TimeColumn, TradeBatch } from "../../clock/trade-batch.js";
import { sourceRelation } from "../../compile/source-relation.js";
import type { NativeBlock } from "../../engine/native.js";
import type { Params } from "../../engine/port.js";
import { FeatureError } from "../../errors.js";
import { type InstrumentKey, instrumentName } from "../../spec/model.js";
import { sqlTemplate } from "../../sql-template.js";
import { type ClockContext, instrumentParams } from "./clock-context.js";

const tradeGroups = sqlTemplate(import.meta.url, "trade-groups");
const bookGroups = sqlTemplate(import.meta.url, "book-groups");
const ofOne = sqlTemplate(import.meta.url, "groups-of-one")();
const ofMany = sqlTemplate(import.meta.url, "groups-of-many")();
const key = ["exchange", "market_type", "symbol", "timestamp"];
/** The far end of what DateTime64(3) holds, in epoch ms. */
const latest = 9_904_550_399_000;

/**
 * Rows of one instrument with `from <= timestamp < to` (epoch ms), grouped by timestamp, in order: trades that are not late, or in
 * mode `event` book updates, without volume.
 */
export async function* readGroups(
  context: ClockContext,
  instrument: InstrumentKey,
  from: number,
  to: number = latest,
): AsyncIterable<TradeBatch> {
  const sql = groupsSql(context, { instrument: "1", of: ofOne, key: "timestamp" });
  for await (const block of groupBlocks(context, sql, { ...instrumentParams(instrument), from, to })) {
    yield batchOf(block, 0, block.rows);
  }
}

/** Where an instrument's rows begin (epoch ms). */
export interface GroupsFrom {
  readonly instrument: InstrumentKey;
  readonly from: number;
}

/** The same for many instruments by one statement, one instrument behind the other; `index` is its place in `wanted`. */
export async function* readGroupsOfMany(
  context: ClockContext,
  wanted: readonly GroupsFrom[],
): AsyncGenerator<{ readonly index: number; readonly batch: TradeBatch }, void> {
  const instruments = wanted.map(({ instrument }) => instrument);
  const froms = wanted.map(({ from }) => from);
  const sql = groupsSql(context, {
    instrument: "indexOf({names:Array(String)}, concat(exchange, '/', market_type, '/', symbol))",
    of: ofMany,
    key: key.join(", "),
  });
  const params = {
    names: instruments.map(instrumentName),
    exchanges: [...new Set(instruments.map(({ exchange }) => exchange))],
    market_types: [...new Set(instruments.map(({ marketType }) => marketType))],
    symbols: [...new Set(instruments.map(({ symbol }) => symbol))],
    froms,
    from: Math.min(...froms),
  };
  for await (const block of groupBlocks(context, sql, params)) {
    const places = values(block, "instrument") as ArrayLike<number | bigint>;
    for (let start = 0; start < block.rows; ) {
      let end = start + 1;
      while (end < block.rows && places[end] === places[start]) end++;
      yield { index: Number(places[start]) - 1, batch: batchOf(block, start, end) };
      start = end;
    }
  }
}

interface GroupSlots {
  readonly instrument: string;
  readonly of: string;
  readonly key: string;
}

function groupsSql({ project, clock }: ClockContext, slots: GroupSlots): string {
  return clock.mode === "event"
    ? bookGroups({ ...slots, books: sourceRelation(project, "orderbooks", [...key, "available_at"]) })
    : tradeGroups({
        ...slots,
        trades: sourceRelation(project, "trades", [...key, "price", "quantity", "available_at", "late"]),
      });
}

async function* groupBlocks(
  { engine }: ClockContext,
  sql: string,
  params: Params,
): AsyncIterable<NativeBlock> {
  // The table is sorted this way: groups come out as they are read, and memory does not grow with the history.
  const blocks = engine.blocks(sql, { params, settings: { optimize_aggregation_in_order: 1 } });
  for await (const block of blocks) if (block.rows > 0) yield block;
}

/** Rows `start` to `end` of a block. Wide columns have several words a row. */
function batchOf(block: NativeBlock, start: number, end: number): TradeBatch {
  const rows = <T>(name: string): T => {
    const all = values(block, name) as BigInt64Array;
    const words = all.length / block.rows;
    return (end - start === block.rows ? all : all.slice(start * words, end * words)) as T;
  };
  return {
    length: end - start,
    timestamp: rows<TimeColumn>("timestamp_ms"),
    lots: rows<ExactColumn>("lots"),
    notional: rows<ExactColumn>("notional"),
    availableAt: rows<TimeColumn>("available_ms"),
    count: rows<BigUint64Array>("trades"),
  };
}

function values(block: NativeBlock, name: string): unknown {
  const column = block.columns.find((item) => item.name === name);
  if (column === undefined) throw new FeatureError("FS_INTERNAL", `the engine returned no column ${name}`);
  return column.values;
}
