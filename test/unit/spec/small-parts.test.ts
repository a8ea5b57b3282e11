import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDuration } from "../../../src/spec/duration.js";
import { parseInstrumentName } from "../../../src/spec/instrument-name.js";
import { lastStep, pointerTo, readablePath, stepsOf } from "../../../src/spec/json-pointer.js";
import { instrumentName, marketTypes } from "../../../src/spec/model.js";
import { shadowedColumns } from "../../../src/spec/stream-columns.js";
import { suggest } from "../../../src/spec/suggest.js";
import { isTimeZone } from "../../../src/spec/time-zone.js";

describe("suggest", () => {
  it.each([
    ["untis", ["sql", "unit", "doc"], "unit"],
    ["colums", ["columns", "clock"], "columns"],
    ["clokc", ["columns", "clock"], "clock"],
    ["MAX_AGE", ["max_age", "lag"], "max_age"],
    ["flow", ["book", "blow", "flaw"], "blow"],
    ["size", ["time", "mode"], undefined],
    ["weather", ["order_flow", "vpin"], undefined],
    ["", ["a"], "a"],
    ["x", [], undefined],
  ])("%s of %j", (word, candidates, expected) => {
    expect(suggest(word, candidates)).toBe(expected);
  });

  it("finds a word with one letter lost, whatever the word", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{2,12}$/), fc.nat(11), (word, at) => {
        const place = at % word.length;
        expect(suggest(word.slice(0, place) + word.slice(place + 1), [word])).toBe(word);
      }),
    );
  });
});

describe("parseDuration", () => {
  it.each([
    ["0s", 0],
    ["200ms", 200],
    ["30s", 30_000],
    ["5m", 300_000],
    ["9h", 32_400_000],
    ["7d", 604_800_000],
  ])("%s", (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  it.each(["", "30", "s", "1.5h", "-1s", "30 s", "30S", "1h30m", "250us", "1e3ms", "٣s", "999999999999d"])(
    "%s is none",
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );
});

describe("parseInstrumentName", () => {
  it.each([
    "binance/spot/BTCUSDT",
    "binance/inverse/BTCUSD_PERP",
    "coinbase/spot/BTC-USD",
    "gate-io/linear/币安人生USDT",
    "deribit/option/BTC-27DEC24-50000-C",
  ])("%s", (text) => {
    const key = parseInstrumentName(text);
    expect("problem" in key ? key.problem : instrumentName(key)).toBe(text);
  });

  it.each([
    "",
    "BTCUSDT",
    "binance/BTCUSDT",
    "binance/spot/btcusdt",
    "Binance/spot/BTCUSDT",
    "binance/futures/BTCUSDT",
    "binance/spot/",
    "binance/spot/BTC USDT",
    "binance/spot/BTC/USDT",
    "binance/spot/A'B",
    "/spot/BTCUSDT",
  ])("%s is none", (text) => {
    expect(parseInstrumentName(text)).toHaveProperty("problem");
  });

  it("names every market type", () => {
    for (const marketType of marketTypes)
      expect(parseInstrumentName(`x/${marketType}/A`)).toMatchObject({ marketType });
  });
});

describe("JSON pointers", () => {
  it("keep any step", () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), (steps) => {
        const pointer = steps.reduce((path, step) => pointerTo(path, step), "");
        expect(stepsOf(pointer)).toEqual(steps);
        expect(lastStep(pointer)).toBe(steps.at(-1));
      }),
    );
  });

  it("are shown as people write paths", () => {
    expect(readablePath("/features/2/on_null")).toBe("features[2].on_null");
    expect(readablePath("/instruments/binance~1spot~1BTCUSDT")).toBe("instruments.binance/spot/BTCUSDT");
  });
});

describe("isTimeZone", () => {
  it.each(["UTC", "Europe/Berlin", "+03:00", "-05:30", "+14:00"])("%s", (text) => {
    expect(isTimeZone(text)).toBe(true);
  });

  it.each(["", "+3", "+15:00", "+03:60", "Mars/Olympus", "03:00", "utc+3"])("%s is none", (text) => {
    expect(isTimeZone(text)).toBe(false);
  });
});

describe("shadowedColumns", () => {
  it("are the names of keys, rows and the stream, but for the mid of books", () => {
    expect(shadowedColumns("trades")).toEqual(
      expect.arrayContaining(["bucket_id", "v", "ord", "price", "price_exact"]),
    );
    expect(shadowedColumns("trades")).not.toContain("mid");
    expect(shadowedColumns("books")).toContain("carry");
    expect(shadowedColumns("books")).not.toContain("mid");
  });
});
