import { describe, expect, it } from "vitest";
import { formatOfName } from "../../../src/ingest/formats/format-of-name.js";
import { tardisInstrument } from "../../../src/ingest/formats/tardis-exchanges.js";
import { neededNames, typeOfPath, typesOfHeader } from "../../../src/ingest/formats/tardis-layout.js";

describe("Tardis' exchanges", () => {
  it.each([
    ["binance", "BTCUSDT", "binance", "spot"],
    ["binance-futures", "BTCUSDT", "binance", "linear"],
    ["binance-delivery", "BTCUSD_PERP", "binance", "inverse"],
    ["bybit", "BTCUSDT", "bybit", "linear"],
    ["bybit", "BTCUSD", "bybit", "inverse"],
    ["bybit", "BTCPERP", "bybit", "linear"],
    ["bybit-spot", "BTCUSDT", "bybit", "spot"],
    ["okex-swap", "BTC-USDT-SWAP", "okx", "linear"],
    ["okex-swap", "BTC-USD-SWAP", "okx", "inverse"],
    ["deribit", "BTC-PERPETUAL", "deribit", "inverse"],
    ["deribit", "BTC_USDC-PERPETUAL", "deribit", "linear"],
    ["deribit", "BTC_USDC", "deribit", "spot"],
    ["deribit", "BTC-27SEP24-60000-C", "deribit", "option"],
    ["cryptofacilities", "PF_XBTUSD", "kraken", "linear"],
    ["coinbase", "BTC-USD", "coinbase", "spot"],
  ])("%s %s is %s %s", (exchange, symbol, ours, marketType) => {
    expect(tardisInstrument(exchange, symbol)).toEqual({ exchange: ours, marketType, symbol });
  });

  it("are not guessed", () => {
    expect(tardisInstrument("bitmex", "XBTUSD")).toBeUndefined();
    expect(tardisInstrument("constructor", "XBTUSD")).toBeUndefined();
    expect(tardisInstrument("cryptofacilities", "XBT")).toBeUndefined();
  });
});

describe("the format of a file", () => {
  it.each([
    ["recordings/tardis/binance_quotes_2024-08-08_BTCUSDT.csv.gz", "tardis"],
    ["binance-futures_derivative_ticker_2023-04-05_BTCUSDT.csv.gz", "tardis"],
    ["/v1/deribit/liquidations/2019/11/01/BTC-PERPETUAL.csv.gz", "tardis"],
    ["/data/spot/daily/trades/BTCUSDT/BTCUSDT-trades-2024-08-08.zip", "binance-archive"],
    ["BTCUSDT-aggTrades-2024-08.csv", "binance-archive"],
    ["trades.parquet", undefined],
    ["BTC-USD_ticks_2023-09-05.csv.gz", undefined],
  ])("%s is %s by its name", (path, format) => {
    expect(formatOfName(path)).toBe(format);
  });
});

describe("Tardis' data types", () => {
  it("are told by the file's name or a folder", () => {
    expect(typeOfPath("/a/binance_trades_2024-08-08_BTCUSDT.csv.gz")).toBe("trades");
    expect(typeOfPath("/a/binance_book_snapshot_25_2024-08-08_BTCUSDT.csv.gz")).toBe("book_snapshot_25");
    expect(typeOfPath("/v1/deribit/liquidations/2019/11/01/BTC-PERPETUAL.csv.gz")).toBe("liquidations");
    expect(typeOfPath("/a/BTC-PERPETUAL.csv.gz")).toBeUndefined();
    expect(typeOfPath("/a/book_snapshot_50.csv")).toBeUndefined();
  });

  it("are told by the header, but for trades and liquidations", () => {
    expect(typesOfHeader(["exchange", ...neededNames.derivative_ticker])).toEqual(["derivative_ticker"]);
    expect(typesOfHeader(["exchange", ...neededNames.trades])).toEqual(["trades", "liquidations"]);
    expect(typesOfHeader(["exchange", "symbol"])).toEqual([]);
  });
});
