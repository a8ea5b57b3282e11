import type { SourceName } from "../../spec/model.js";

/** Tardis' data types that are read, as their files and folders are called. */
export const tardisTypes = [
  "trades",
  "liquidations",
  "quotes",
  "book_snapshot_5",
  "book_snapshot_25",
  "derivative_ticker",
] as const;
export type TardisType = (typeof tardisTypes)[number];

/** Columns of every type. */
export const commonNames = ["exchange", "symbol", "timestamp", "local_timestamp"] as const;

/** Columns that a type must have beside the common ones. */
export const neededNames: Readonly<Record<TardisType, readonly string[]>> = {
  trades: ["id", "side", "price", "amount"],
  liquidations: ["id", "side", "price", "amount"],
  quotes: ["ask_amount", "ask_price", "bid_price", "bid_amount"],
  book_snapshot_5: ["asks[0].price", "asks[0].amount", "bids[0].price", "bids[0].amount"],
  book_snapshot_25: ["asks[0].price", "asks[0].amount", "bids[0].price", "bids[0].amount"],
  derivative_ticker: ["funding_timestamp", "funding_rate", "open_interest", "index_price", "mark_price"],
};

/** The type that a path tells: `binance_trades_2024-08-08_BTCUSDT.csv.gz`, or a folder of the type's name. */
export function typeOfPath(path: string): TardisType | undefined {
  const parts = path.split(/[/\\]/);
  const name = parts.pop() ?? "";
  const inName = tardisTypes.filter((type) => new RegExp(`(^|_)${type}(_|\\.|$)`).test(name));
  // book_snapshot_5 is also the beginning of book_snapshot_50.
  return inName[0] ?? tardisTypes.find((type) => parts.includes(type));
}

/** The types whose columns a header has; trades and liquidations have the same. */
export function typesOfHeader(header: readonly string[]): TardisType[] {
  return tardisTypes.filter((type) => neededNames[type].every((name) => header.includes(name)));
}

export const sourcesOfType: Readonly<Record<TardisType, readonly SourceName[]>> = {
  trades: ["trades"],
  liquidations: ["liquidations"],
  quotes: ["orderbooks"],
  book_snapshot_5: ["orderbooks"],
  book_snapshot_25: ["orderbooks"],
  derivative_ticker: ["funding_rates", "open_interests"],
};
