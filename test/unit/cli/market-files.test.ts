import { describe, expect, it } from "vitest";
import { archiveHeader, archiveTrades } from "../../../src/cli/demo/archive-trades.js";
import type { SimulatedInstrument } from "../../../src/cli/demo/market-model.js";
import { stockInstruments } from "../../../src/cli/demo/market-model.js";
import {
  tardisBookHeader,
  tardisBooks,
  tardisExchange,
  tardisTickerHeader,
  tardisTickers,
} from "../../../src/cli/demo/tardis-rows.js";

const instrument = (marketType: string) =>
  stockInstruments.find((one) => one.marketType === marketType) as SimulatedInstrument;

const trades = {
  timeMs: [1709676000042, 1709676000042],
  id: [7, 8],
  price: [6340010, 95],
  size: [1400000, 1],
  side: [1, -1],
};

describe("archiveTrades", () => {
  it("writes spot rows with eight decimals and no header", () => {
    expect(archiveHeader(instrument("spot"))).toBe("");
    expect(archiveTrades(instrument("spot"), trades)).toBe(
      "7,63400.10000000,14.00000000,887601.40000000,1709676000042,false,true\n" +
        "8,0.95000000,0.00001000,0.00000950,1709676000042,true,true\n",
    );
  });

  it("writes futures rows with the market's decimals and a header", () => {
    expect(archiveHeader(instrument("linear"))).toBe("id,price,qty,quote_qty,time,is_buyer_maker\n");
    const [first] = archiveTrades(instrument("linear"), { ...trades, price: [634001, 95] }).split("\n");
    expect(first).toBe("7,63400.10,1400.000,88760140.00000000,1709676000042,false");
  });
});

describe("Tardis' rows", () => {
  const spot = instrument("spot");
  const perpetual = instrument("linear");

  it("names futures as an exchange of their own", () => {
    expect([tardisExchange(spot), tardisExchange(perpetual)]).toEqual(["binance", "binance-futures"]);
  });

  it("writes five levels a side, asks before bids, in microseconds", () => {
    const levels = (first: number, step: number) => [0, 1, 2, 3, 4].map((i) => first + i * step);
    const books = {
      timeMs: [1709676000000],
      localUs: [1709676000003981],
      bidPrice: levels(634000, -1),
      bidSize: levels(855, 1),
      askPrice: levels(634001, 1),
      askSize: levels(545, 1),
    };
    const row = tardisBooks(perpetual, books).trimEnd().split(",");
    expect(row.slice(0, 8).join()).toBe(
      "binance-futures,BTCUSDT,1709676000000000,1709676000003981,63400.1,0.545,63400,0.855",
    );
    expect(row).toHaveLength(tardisBookHeader.split(",").length);
    expect(tardisBookHeader.split(",").slice(4, 8)).toEqual([
      "asks[0].price",
      "asks[0].amount",
      "bids[0].price",
      "bids[0].amount",
    ]);
  });

  it("leaves the predicted rate of a ticker empty", () => {
    const row = tardisTickers(perpetual, [
      {
        timeMs: 1709676000000,
        localUs: 1709676000070549,
        fundingTimeMs: 1709683200000,
        fundingRate: 0.0000998123,
        openInterest: 60000000,
        lastPrice: 634000,
        indexPrice: 634001.5,
        markPrice: 634002,
      },
    ]);
    expect(row).toBe(
      "binance-futures,BTCUSDT,1709676000000000,1709676000070549,1709683200000000,0.00009981,,60000,63400,63400.15000000,63400.20000000\n",
    );
    expect(row.split(",")).toHaveLength(tardisTickerHeader.split(",").length);
  });
});
