import { describe, expect, it } from "vitest";
import {
  archiveLayout,
  kindOfHeader,
  kindOfWidth,
  placesOf,
} from "../../../src/ingest/formats/archive-layout.js";
import { readArchiveName } from "../../../src/ingest/formats/archive-name.js";

describe("names of archive files", () => {
  it("tell kind, symbol and, by the nearest folder, the market", () => {
    expect(readArchiveName("/data/spot/daily/trades/BTCUSDT/BTCUSDT-trades-2024-08-08.zip")).toEqual({
      kind: "trade",
      symbol: "BTCUSDT",
      market: "spot",
    });
    expect(
      readArchiveName("/spot/data/futures/um/monthly/aggTrades/BTCUSDT-aggTrades-2024-08.csv.gz"),
    ).toEqual({
      kind: "agg",
      symbol: "BTCUSDT",
      market: "linear",
    });
    expect(readArchiveName("futures-cm/BTCUSD_240927-trades-2024-08-08.csv").market).toBe("inverse");
  });

  it("do not tell the market without a folder, but for coin-margined contracts", () => {
    expect(readArchiveName("/home/me/BTCUSDT-trades-2024-08-08.zip").market).toBeUndefined();
    expect(readArchiveName("/home/me/BTCUSDT_240927-trades-2024-08-08.zip").market).toBeUndefined();
    expect(readArchiveName("/home/me/BTCUSD_PERP-trades-2024-08-08.zip").market).toBe("inverse");
    expect(readArchiveName("/spot/prices.csv")).toEqual({
      kind: undefined,
      symbol: undefined,
      market: "spot",
    });
  });
});

describe("layouts of archive files", () => {
  it("have the columns where the archive has them", () => {
    expect(archiveLayout("spot", "trade")).toMatchObject({
      id: 1,
      price: 2,
      quantity: 3,
      time: 5,
      isBuyerMaker: 6,
    });
    expect(archiveLayout("spot", "agg")).toMatchObject({ id: 1, quantity: 3, time: 6, isBuyerMaker: 7 });
    expect(archiveLayout("linear", "agg")).toMatchObject({ id: 1, quantity: 3, time: 6, isBuyerMaker: 7 });
    expect(archiveLayout("inverse", "trade")).toMatchObject({ baseQuantity: 4, time: 5 });
    expect(archiveLayout("linear", "trade").baseQuantity).toBeUndefined();
  });

  it("are found by the names of a header, in any order and spelling", () => {
    const header = ["isBuyerMaker", "tradeId", "qty", "price", "time"];
    expect(placesOf(header)).toEqual({
      id: 2,
      price: 4,
      quantity: 3,
      baseQuantity: undefined,
      time: 5,
      isBuyerMaker: 1,
    });
    expect(placesOf(["id", "price", "qty"])).toBeUndefined();
    expect(kindOfHeader(["agg_trade_id", "price"])).toBe("agg");
    expect(kindOfHeader(["id", "price"])).toBe("trade");
  });

  it("are told apart by their width where neither name nor header does", () => {
    expect(kindOfWidth("spot", 7)).toBe("trade");
    expect(kindOfWidth("spot", 8)).toBe("agg");
    expect(kindOfWidth("linear", 7)).toBe("agg");
    expect(kindOfWidth("linear", 9)).toBeUndefined();
  });
});
