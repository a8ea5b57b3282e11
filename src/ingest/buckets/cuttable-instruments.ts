import { sourceRelation } from "../../compile/source-relation.js";
import type { InstrumentKey } from "../../spec/model.js";
import { type ClockContext, type InstrumentRow, instrumentOf } from "./clock-context.js";

/** Every instrument that has rows for the clock to cut, in order of name. */
export async function cuttableInstruments({
  engine,
  project,
  clock,
}: ClockContext): Promise<InstrumentKey[]> {
  const source = clock.mode === "event" ? "orderbooks" : "trades";
  const relation = sourceRelation(project, source, ["exchange", "market_type", "symbol"]).replace(
    / FINAL$/,
    "",
  );
  const rows = await engine.rows<InstrumentRow>(
    `SELECT DISTINCT exchange, market_type, symbol FROM ${relation} ORDER BY exchange, market_type, symbol`,
  );
  return rows.map(instrumentOf);
}
