import type { MarketType } from "../../spec/model.js";

/** Places of the columns, from 1. */
export interface ArchivePlaces {
  readonly id: number;
  readonly price: number;
  readonly quantity: number;
  /** Coin-margined trades only: the quantity in base units beside the contracts. */
  readonly baseQuantity: number | undefined;
  readonly time: number;
  readonly isBuyerMaker: number;
}

export interface ArchiveLayout extends ArchivePlaces {
  readonly names: readonly string[];
}

const columns = {
  spot: {
    trade: ["id", "price", "qty", "quote_qty", "time", "is_buyer_maker", "is_best_match"],
    agg: ["agg_id", "price", "qty", "first_id", "last_id", "time", "is_buyer_maker", "is_best_match"],
  },
  linear: {
    trade: ["id", "price", "qty", "quote_qty", "time", "is_buyer_maker"],
    agg: [
      "agg_trade_id",
      "price",
      "quantity",
      "first_trade_id",
      "last_trade_id",
      "transact_time",
      "is_buyer_maker",
    ],
  },
  inverse: {
    trade: ["id", "price", "qty", "base_qty", "time", "is_buyer_maker"],
    agg: [
      "agg_trade_id",
      "price",
      "quantity",
      "first_trade_id",
      "last_trade_id",
      "transact_time",
      "is_buyer_maker",
    ],
  },
} as const;

type ArchiveMarket = keyof typeof columns;

/** Names that headers use, without underscores and in lower case. */
const synonyms: Readonly<Record<keyof Omit<ArchivePlaces, "baseQuantity">, readonly string[]>> = {
  id: ["id", "tradeid", "aggid", "aggtradeid"],
  price: ["price"],
  quantity: ["qty", "quantity"],
  time: ["time", "transacttime", "timestamp"],
  isBuyerMaker: ["isbuyermaker"],
};

export function isArchiveMarket(market: MarketType): market is ArchiveMarket {
  return Object.hasOwn(columns, market);
}

/** The layout of files without a header. */
export function archiveLayout(market: ArchiveMarket, kind: "trade" | "agg"): ArchiveLayout {
  const names = columns[market][kind];
  const places = placesOf(names);
  if (places === undefined) throw new Error(`archive layout ${market} ${kind} misses a column`);
  return { ...places, names };
}

/** Where a header has the columns; undefined when one is missing. */
export function placesOf(header: readonly string[]): ArchivePlaces | undefined {
  const plain = header.map(plainName);
  const place = (names: readonly string[]): number => plain.findIndex((name) => names.includes(name)) + 1;
  const places = {
    id: place(synonyms.id),
    price: place(synonyms.price),
    quantity: place(synonyms.quantity),
    time: place(synonyms.time),
    isBuyerMaker: place(synonyms.isBuyerMaker),
  };
  if (Object.values(places).includes(0)) return undefined;
  const base = place(["baseqty"]);
  return { ...places, baseQuantity: base === 0 ? undefined : base };
}

/** Which of the two kinds a header belongs to. */
export function kindOfHeader(header: readonly string[]): "trade" | "agg" {
  const plain = header.map(plainName);
  return ["aggid", "aggtradeid", "firstid", "firsttradeid"].some((name) => plain.includes(name))
    ? "agg"
    : "trade";
}

/** Which of the two kinds a line without header belongs to, by its number of columns. */
export function kindOfWidth(market: ArchiveMarket, width: number): "trade" | "agg" | undefined {
  return (["trade", "agg"] as const).find((kind) => columns[market][kind].length === width);
}

function plainName(name: string): string {
  return name.trim().toLowerCase().replaceAll("_", "");
}
