import {
  amountType,
  column,
  deduplication,
  fastCodecs,
  growing,
  instrumentColumns,
  nameType,
  packed,
  priceType,
  storedColumns,
  time,
  timeType,
  ttlFrom,
} from "./common-columns.js";
import type { SourceTable } from "./layout.js";
import type { Column, Index, Table } from "./object.js";

interface SourceShape {
  readonly columns: readonly Column[];
  /** What follows (exchange, market_type, symbol, timestamp) in the sorting key. */
  readonly key: readonly string[];
  readonly indexes?: readonly Index[];
  /** Rows that are read at least where one is looked for; undefined: the engine's 8192. */
  readonly granularity?: number;
  readonly comment: string;
}

const jsonLevels = (px: string, qty: string) =>
  `toJSONString(arrayMap((p, q) -> [toString(p), toString(q)], ${px}, ${qty}))`;

const first = (levels: string) => `if(empty(${levels}), NULL, ${levels}[1])`;

/** Orders rows of one instrument and millisecond where the source gives several. */
const seq = column("seq", "UInt64", { default: "0", comment: "orders rows of one millisecond" });

const shapes: Readonly<Record<SourceTable, SourceShape>> = {
  trades: {
    comment: "Trades; quantities in units of base",
    key: ["trade_seq", "trade_id"],
    // Ids are looked up over all of time: without it, each million stored rows makes the next million slower to store.
    indexes: [{ name: "by_seq", expression: "trade_seq", type: "minmax", granularity: 1 }],
    columns: [
      column("trade_seq", "UInt64", {
        default: "toUInt64OrZero(trade_id)",
        codec: growing,
        comment: "orders trades of one millisecond",
      }),
      column("trade_id", "String", { codec: packed }),
      column("price", priceType, { codec: growing }),
      column("quantity", amountType, { codec: packed, comment: "units of base" }),
      column("side", nameType, { comment: "the taker's: buy or sell" }),
      column("is_maker", "Bool", { default: "side = 'sell'", comment: "the buyer was the maker" }),
      column("trade_time", timeType, { default: "timestamp", codec: growing }),
      column("kind", "Enum8('trade' = 1, 'agg' = 2)", {
        default: "'trade'",
        comment: "never both for one instrument",
      }),
      column("late", "UInt8", { default: "0", comment: "1: came after its bucket was cut; in no bucket" }),
    ],
  },
  orderbooks: {
    comment: "Book snapshots, best level first",
    key: ["book_seq"],
    // A row has dozens of levels, and a close reads some hundred rows of an instrument.
    granularity: 1024,
    columns: [
      column("last_update_id", "UInt64", { default: "0", codec: growing }),
      column("book_seq", "UInt64", {
        default: "last_update_id",
        codec: growing,
        comment: "orders snapshots of one millisecond",
      }),
      column("bid_px", `Array(${priceType})`, { codec: growing }),
      column("bid_qty", `Array(${amountType})`, { codec: packed }),
      column("ask_px", `Array(${priceType})`, { codec: growing }),
      column("ask_qty", `Array(${amountType})`, { codec: packed }),
      column("bids_count", "UInt32", { default: "length(bid_px)" }),
      column("asks_count", "UInt32", { default: "length(ask_px)" }),
      column("best_bid_price", `Nullable(${priceType})`, { default: first("bid_px"), codec: growing }),
      column("best_ask_price", `Nullable(${priceType})`, { default: first("ask_px"), codec: growing }),
      column("best_bid_quantity", `Nullable(${amountType})`, { default: first("bid_qty"), codec: packed }),
      column("best_ask_quantity", `Nullable(${amountType})`, { default: first("ask_qty"), codec: packed }),
      {
        name: "bids",
        type: "String",
        default: { kind: "ALIAS", expression: jsonLevels("bid_px", "bid_qty") },
        comment: 'JSON text: [["price","quantity"],…]',
      },
      {
        name: "asks",
        type: "String",
        default: { kind: "ALIAS", expression: jsonLevels("ask_px", "ask_qty") },
        comment: 'JSON text: [["price","quantity"],…]',
      },
    ],
  },
  funding_rates: {
    comment: "Funding, mark and index price; NULL: the source did not say",
    key: ["seq"],
    columns: [
      seq,
      column("funding_rate", `Nullable(${priceType})`, { codec: packed, comment: "of one funding period" }),
      column("predicted_funding_rate", `Nullable(${priceType})`, { codec: packed }),
      column("funding_time", `Nullable(${timeType})`, {
        codec: packed,
        comment: "set where the row is a settlement",
      }),
      column("next_funding_time", `Nullable(${timeType})`, { codec: packed }),
      column("mark_price", `Nullable(${priceType})`, { codec: packed }),
      column("index_price", `Nullable(${priceType})`, { codec: packed }),
    ],
  },
  open_interests: {
    comment: "Open interest",
    key: ["seq"],
    columns: [
      seq,
      column("open_interest", amountType, { codec: packed, comment: "units of base" }),
      column("open_interest_value", `Nullable(${amountType})`, { codec: packed, comment: "units of quote" }),
      column("count", "UInt64", { default: "0" }),
    ],
  },
  liquidations: {
    comment: "Liquidation orders",
    key: ["liquidation_id"],
    columns: [
      column("liquidation_id", "String", {
        codec: packed,
        comment: "the venue's, else time, hash and ordinal",
      }),
      column("side", nameType, { comment: "of the order: sell closes a long" }),
      column("price", priceType, { codec: growing }),
      column("quantity", amountType, { codec: packed, comment: "units of base" }),
      column("liquidation_time", timeType, { default: "timestamp", codec: growing }),
    ],
  },
  lsr_all_accounts: {
    comment: "Long/short ratio of all accounts",
    key: ["period"],
    columns: [
      column("long_account_ratio", priceType, { codec: packed }),
      column("short_account_ratio", priceType, { codec: packed }),
      column("period", nameType, { default: "'5m'" }),
    ],
  },
  lsr_top_positions: {
    comment: "Long/short ratio of the top traders' positions",
    key: ["period"],
    columns: [
      column("long_position_ratio", priceType, { codec: packed }),
      column("short_position_ratio", priceType, { codec: packed }),
      column("period", nameType, { default: "'5m'" }),
    ],
  },
  volatility_indices: {
    comment: "Volatility indices",
    key: ["underlying_asset", "maturity_date", "seq"],
    columns: [
      seq,
      column("index_value", priceType, { codec: packed }),
      column("underlying_asset", nameType),
      column("maturity_date", "Date", { comment: "1970-01-01: none" }),
    ],
  },
};

/**
 * The table of a source. Its key ends in what makes a row unique in its millisecond, so that the same row stored twice
 * is one row. `ttlMs` undefined keeps rows for good (the cold side).
 */
export function sourceTable(
  side: "hot" | "cold",
  source: SourceTable,
  database: string,
  name: string,
  ttlMs: number | undefined,
): Table {
  const shape = shapes[source];
  const columns = [
    ...instrumentColumns,
    time("timestamp", "event time at the venue"),
    ...shape.columns,
    ...storedColumns,
  ];
  return {
    kind: "table",
    database,
    name,
    columns: side === "hot" ? fastCodecs(columns) : columns,
    engine: "ReplacingMergeTree(keep)",
    partitionBy: "toYYYYMM(timestamp)",
    orderBy: ["exchange", "market_type", "symbol", "timestamp", ...shape.key],
    ...ttlFrom("ingested_at", ttlMs),
    settings: {
      ...deduplication,
      ...(shape.granularity === undefined ? {} : { index_granularity: shape.granularity }),
    },
    ...(shape.indexes === undefined ? {} : { indexes: shape.indexes }),
    comment: shape.comment,
  };
}
