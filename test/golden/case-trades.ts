import type { TradeRow } from "../support/oracle/rows.js";

/** A trade as cases give it. */
export interface CaseTrade {
  readonly trade_id: number;
  readonly ts: number;
  readonly price: string | number;
  readonly qty: string | number;
  readonly side: string;
}

/** One row an id, the first that is given, by time and then id: as trades are stored and read. */
export function tradeRows(trades: readonly CaseTrade[]): TradeRow[] {
  const byId = new Map(trades.toReversed().map((trade) => [trade.trade_id, trade]));
  return [...byId.values()]
    .sort((a, b) => a.ts - b.ts || a.trade_id - b.trade_id)
    .map((trade) => ({
      exchange: "golden",
      market_type: "spot",
      symbol: "CASE",
      timestamp: trade.ts,
      trade_seq: trade.trade_id,
      trade_id: String(trade.trade_id),
      price: String(trade.price),
      quantity: String(trade.qty),
      side: trade.side === "buy" ? "buy" : "sell",
      available_at: trade.ts,
    }));
}
