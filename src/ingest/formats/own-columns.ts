import type { SourceName } from "../../spec/model.js";

/** The columns that ingest reads of each source beside the instrument, in files that name them as our tables do. */
const values: Readonly<Record<SourceName, readonly string[]>> = {
  trades: ["trade_id", "trade_seq", "price", "quantity", "side", "is_maker"],
  orderbooks: ["last_update_id", "book_seq", "bid_px", "bid_qty", "ask_px", "ask_qty"],
  funding_rates: [
    "seq",
    "funding_rate",
    "predicted_funding_rate",
    "funding_time",
    "next_funding_time",
    "mark_price",
    "index_price",
  ],
  open_interests: ["seq", "open_interest", "open_interest_value", "count"],
  liquidations: ["liquidation_id", "side", "price", "quantity"],
  lsr_top_positions: ["long_position_ratio", "short_position_ratio", "period"],
  lsr_all_accounts: ["long_account_ratio", "short_account_ratio", "period"],
  volatility_indices: ["seq", "index_value", "underlying_asset", "maturity_date"],
};

export const wordColumns = ["exchange", "market_type", "symbol"] as const;

export function ownColumns(source: SourceName): string[] {
  return [...wordColumns, "timestamp", "available_at", ...values[source]];
}
