/** Which columns of each source a foreign table or csv can give, and which of them it must. */
import type { SourceName } from "./model.js";

/** The instrument; a csv that does not say it gets it from constants or from the command line. */
const instrumentColumns = ["exchange", "market_type", "symbol"] as const;
const timeColumns = ["timestamp", "available_at"] as const;

const ownColumns = {
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
} as const satisfies Record<SourceName, readonly string[]>;

const needed: Readonly<Record<SourceName, readonly string[]>> = {
  trades: ["timestamp", "price", "quantity"],
  orderbooks: ["timestamp", "bid_px", "bid_qty", "ask_px", "ask_qty"],
  funding_rates: ["timestamp", "funding_rate"],
  open_interests: ["timestamp", "open_interest"],
  liquidations: ["timestamp", "side", "price", "quantity"],
  lsr_top_positions: ["timestamp", "long_position_ratio", "short_position_ratio"],
  lsr_all_accounts: ["timestamp", "long_account_ratio", "short_account_ratio"],
  volatility_indices: ["timestamp", "index_value"],
};

/** All columns that may be mapped. */
export function sourceColumns(source: SourceName): readonly string[] {
  return [...instrumentColumns, ...timeColumns, ...ownColumns[source]];
}

/** The columns without which no row of the source can be read. Trades also need `side` or `is_maker`. */
export function neededColumns(source: SourceName): readonly string[] {
  return needed[source];
}
