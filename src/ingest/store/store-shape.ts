import type { SourceName } from "../../spec/model.js";

/** How staged rows of a source become stored ones, beside what all sources share. */
export interface StoreShape {
  /** Staged columns that are stored as they are. */
  readonly values: readonly string[];
  /** Stored columns that follow from others: name and expression. */
  readonly derived: readonly (readonly [name: string, sql: string])[];
  /** What tells rows of one instrument apart. */
  readonly identity: readonly string[];
  /** The same over the staged columns `timestamp` and `seq`, for rows that say their identity themselves. */
  readonly stagedIdentity: readonly string[];
  /** Of rows without a sequence number: their place in the millisecond, and how many bits of a hash stand behind it. */
  readonly placed: { readonly place: string; readonly hashBits: number };
  /** Rows of one insert: about 200 MB. */
  readonly sliceRows: number;
}

/** Rows of slow sources that are equal are one row, at the place of the first. */
const firstPlace = {
  place: "min(place) OVER (PARTITION BY file, instrument, timestamp, content)",
  hashBits: 12,
};
const levels = ["bid_px", "bid_qty", "ask_px", "ask_qty"];
const sequenced = {
  derived: [],
  identity: ["timestamp", "seq"],
  stagedIdentity: ["timestamp", "seq"],
  placed: firstPlace,
  sliceRows: 500_000,
};
const ratios = (name: string): StoreShape => ({
  ...sequenced,
  values: [`long_${name}_ratio`, `short_${name}_ratio`, "period"],
  identity: ["timestamp", "period"],
  stagedIdentity: ["timestamp", "period"],
});

export const storeShapes: Readonly<Record<SourceName, StoreShape>> = {
  trades: {
    values: ["price", "quantity", "side"],
    derived: [
      ["is_maker", "side = 'sell'"],
      ["trade_time", "timestamp"],
    ],
    identity: ["trade_id"],
    stagedIdentity: ["seq"],
    placed: { place: "place", hashBits: 16 },
    sliceRows: 1_000_000,
  },
  orderbooks: {
    values: [...levels, "last_update_id"],
    derived: [],
    identity: ["timestamp", "book_seq"],
    stagedIdentity: ["timestamp", "seq"],
    placed: { place: "place", hashBits: 12 },
    sliceRows: 100_000,
  },
  funding_rates: {
    ...sequenced,
    values: [
      "funding_rate",
      "predicted_funding_rate",
      "funding_time",
      "next_funding_time",
      "mark_price",
      "index_price",
    ],
  },
  open_interests: { ...sequenced, values: ["open_interest", "open_interest_value", "count"] },
  liquidations: {
    values: ["side", "price", "quantity"],
    derived: [["liquidation_time", "timestamp"]],
    identity: ["liquidation_id"],
    stagedIdentity: ["id"],
    placed: { place: "place", hashBits: 16 },
    sliceRows: 500_000,
  },
  lsr_all_accounts: ratios("account"),
  lsr_top_positions: ratios("position"),
  volatility_indices: {
    ...sequenced,
    values: ["index_value", "underlying_asset", "maturity_date"],
    identity: ["timestamp", "underlying_asset", "maturity_date", "seq"],
    stagedIdentity: ["timestamp", "underlying_asset", "maturity_date", "seq"],
  },
};
