import {
  amountType,
  column,
  deduplication,
  growing,
  instrumentColumns,
  nameType,
  packed,
  priceType,
  storedColumns,
  time,
  ttlFrom,
} from "./common-columns.js";
import type { Column, Table } from "./object.js";

const shapes: Readonly<
  Record<"orderbooks" | "tickers" | "trades", { columns: readonly Column[]; key: string[] }>
> = {
  orderbooks: {
    key: [],
    columns: [
      column("best_bid", priceType, { codec: growing }),
      column("best_ask", priceType, { codec: growing }),
      column("spread", priceType, { codec: packed }),
      column("bids_json", "String", { codec: packed }),
      column("asks_json", "String", { codec: packed }),
    ],
  },
  tickers: {
    key: [],
    columns: [
      column("last_price", priceType, { codec: growing }),
      column("volume_24h", amountType, { codec: packed }),
      column("price_change_24h", priceType, { codec: packed }),
      column("high_24h", priceType, { codec: packed }),
      column("low_24h", priceType, { codec: packed }),
    ],
  },
  trades: {
    key: ["trade_id"],
    columns: [
      column("price", priceType, { codec: growing }),
      column("amount", amountType, { codec: packed }),
      column("side", nameType),
      column("trade_id", "String", { codec: packed }),
    ],
  },
};

/** The seeds' simplified tables, `hot_…` and `cold_…`: for collectors that know no more. Nothing is computed from them. */
export function simplifiedTables(
  prefix: "hot" | "cold",
  database: string,
  ttlMs: number | undefined,
): Table[] {
  return Object.entries(shapes).map(([name, shape]) => ({
    kind: "table",
    database,
    name: `${prefix}_${name}`,
    columns: [...instrumentColumns, time("timestamp"), ...shape.columns, ...storedColumns],
    engine: "ReplacingMergeTree(keep)",
    partitionBy: "toYYYYMM(timestamp)",
    orderBy: ["exchange", "market_type", "symbol", "timestamp", ...shape.key],
    ...ttlFrom("ingested_at", ttlMs),
    settings: deduplication,
    comment: `Simplified ${name}`,
  }));
}
