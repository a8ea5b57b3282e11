import { describe, expect, it } from "vitest";
import { FeatureError } from "../../../src/errors.js";
import { InstrumentOption } from "../../../src/ingest/formats/instrument-option.js";
import { InstrumentTable, parseWordsKey, wordsKey } from "../../../src/ingest/staging/instrument-table.js";
import { knownInstrument } from "../../../src/ingest/staging/known-instrument.js";
import { ingestProject } from "../../support/ingest-target.js";

const project = ingestProject("");

describe("an instrument that is not in features.yaml", () => {
  it("is an error that shows the line to add", () => {
    const error = knownInstrument(
      project,
      { exchange: "okx", marketType: "linear", symbol: "ETH-USDT-SWAP" },
      "contracts",
    );
    expect(error).toBeInstanceOf(FeatureError);
    expect(error).toMatchObject({
      code: "FS_INGEST_UNKNOWN_INSTRUMENT",
      hint: expect.stringContaining(
        "okx/linear/ETH-USDT-SWAP: { tick_size: <step>, lot_size: <step>, contract_size: 1, base: ETH, quote: USDT }",
      ),
    });
    expect(
      knownInstrument(project, { exchange: "binance", marketType: "spot", symbol: "SOLFDUSD" }, "base"),
    ).toMatchObject({
      hint: expect.stringContaining("base: SOL, quote: FDUSD }"),
    });
  });

  it("needs a contract size where quantities are inverse contracts", () => {
    const key = { exchange: "binance", marketType: "inverse", symbol: "ETHUSD_PERP" } as const;
    expect(knownInstrument(project, key, "contracts")).toMatchObject({ code: "FS_INGEST_CONTRACT_SIZE" });
    expect(knownInstrument(project, key, "base")).toMatchObject({ symbol: "ETHUSD_PERP" });
  });
});

describe("the option --instrument", () => {
  const key = { exchange: "bitmex", marketType: "inverse", symbol: "XBTUSD" } as const;

  it("names the instrument of all rows, as long as they are of one", () => {
    const option = new InstrumentOption(key);
    const words = { exchange: "bitmex", market: "", symbol: "XBTUSD" };
    expect(option.take(words)).toBe(key);
    expect(option.take(words)).toBe(key);
    expect(option.take({ ...words, symbol: "ETHUSD" })).toMatchObject({
      code: "FS_INGEST_SEVERAL_INSTRUMENTS",
    });
    expect(new InstrumentOption(undefined).take(words)).toBeUndefined();
  });
});

describe("the table of instruments", () => {
  it("numbers instruments, whatever words files use for them", () => {
    const table = new InstrumentTable();
    const [spot, , , inverse] = project.instruments;
    if (spot === undefined || inverse === undefined) throw new Error("the test's project has changed");
    table.add({ exchange: "Binance", market: "spot", symbol: "btcusdt" }, spot);
    expect(table.hasContracts).toBe(false);
    table.add({ exchange: "binance-delivery", market: "", symbol: "BTCUSD_PERP" }, inverse);
    table.add({ exchange: "binance", market: "", symbol: "BTCUSDT" }, spot);
    expect(table.stagingParams).toEqual({
      words: ["binance/spot/BTCUSDT", "binance-delivery//BTCUSD_PERP", "binance//BTCUSDT"],
      numbers: [1, 2, 1],
      contract_kinds: [0, 2],
      contract_sizes: ["100000000", "10000000000"],
    });
    expect(table.keyParams).toMatchObject({ names: ["binance/spot/BTCUSDT", "binance/inverse/BTCUSD_PERP"] });
    expect(parseWordsKey(wordsKey({ exchange: "a", market: "", symbol: "b/c" }))).toEqual({
      exchange: "a",
      market: "",
      symbol: "B/C",
    });
  });
});
