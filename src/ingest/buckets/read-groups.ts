/** What a clock cuts, in order, as the cutter takes it: one row for each millisecond that has trades, or book updates. */
import type { ExactColumn, TimeColumn, TradeBatch } from "../../clock/trade-batch.js";
import { sourceRelation } from "../../compile/source-relation.js";
import type { NativeBlock } from "../../engine/native.js";
import { FeatureError } from "../../errors.js";
import type { InstrumentKey } from "../../spec/model.js";
import { sqlTemplate } from "../../sql-template.js";
import { type ClockContext, instrumentParams } from "./clock-context.js";

const tradeGroups = sqlTemplate(import.meta.url, "trade-groups");
const bookGroups = sqlTemplate(import.meta.url, "book-groups");
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
  const { project, clock, engine } = context;
  const sql =
    clock.mode === "event"
      ? bookGroups({ books: sourceRelation(project, "orderbooks", [...key, "available_at"]) })
      : tradeGroups({
          trades: sourceRelation(project, "trades", [...key, "price", "quantity", "available_at", "late"]),
        });
  const blocks = engine.blocks(sql, {
    params: { ...instrumentParams(instrument), from, to },
    // The table is sorted this way: groups come out as they are read, and memory does not grow with the history.
    settings: { optimize_aggregation_in_order: 1 },
  });
  for await (const block of blocks) {
    if (block.rows === 0) continue;
    yield {
      length: block.rows,
      timestamp: values(block, "timestamp_ms") as TimeColumn,
      lots: values(block, "lots") as ExactColumn,
      notional: values(block, "notional") as ExactColumn,
      availableAt: values(block, "available_ms") as TimeColumn,
      count: values(block, "trades") as BigUint64Array,
    };
  }
}

function values(block: NativeBlock, name: string): unknown {
  const column = block.columns.find((item) => item.name === name);
  if (column === undefined) throw new FeatureError("FS_INTERNAL", `the engine returned no column ${name}`);
  return column.values;
}
