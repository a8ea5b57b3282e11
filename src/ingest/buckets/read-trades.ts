/** The trades that were not cut yet, in order, as the cutter takes them: one row for each millisecond that has trades. */
import type { ExactColumn, TimeColumn, TradeBatch } from "../../clock/trade-batch.js";
import { sourceRelation } from "../../compile/source-relation.js";
import type { NativeBlock } from "../../engine/native.js";
import { FeatureError } from "../../errors.js";
import type { InstrumentKey } from "../../spec/model.js";
import { sqlTemplate } from "../../sql-template.js";
import { type ClockContext, instrumentParams } from "./clock-context.js";

const template = sqlTemplate(import.meta.url, "trade-groups");
const read = ["exchange", "market_type", "symbol", "timestamp", "price", "quantity", "available_at", "late"];

/** Trades of one instrument with `timestamp >= from` (epoch ms) that are not late, grouped by timestamp, in order. */
export async function* readTrades(
  context: ClockContext,
  instrument: InstrumentKey,
  from: number,
): AsyncIterable<TradeBatch> {
  const sql = template({ trades: sourceRelation(context.project, "trades", read) });
  const blocks = context.engine.blocks(sql, {
    params: { ...instrumentParams(instrument), from },
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
