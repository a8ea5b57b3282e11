import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatLots, parseLots } from "../../../src/clock/decimal.js";

describe("parseLots", () => {
  it.each([
    ["12.5", 1_250_000_000n],
    ["0.00000001", 1n],
    [".5", 50_000_000n],
    ["5.", 500_000_000n],
    ["-0.1", -10_000_000n],
    ["+3", 300_000_000n],
    [" 7 ", 700_000_000n],
    ["1.100000000000", 110_000_000n],
    ["1e-7", 10n],
    ["1.5E3", 150_000_000_000n],
    ["100e-10", 1n],
    ["1e+21", 10n ** 29n],
    ["123456789012345678901234567890.12345678", 12345678901234567890123456789012345678n],
  ])("reads %s", (text, lots) => {
    expect(parseLots(text)).toBe(lots);
  });

  it.each(["", ".", "-", "abc", "1,5", "0x10", "1e", "1.2.3", "NaN", "Infinity"])("refuses %j", (text) => {
    expect(() => parseLots(text)).toThrow(expect.objectContaining({ code: "FS_CLOCK_DECIMAL" }));
  });

  it.each(["0.000000001", "1.123456789", "1e-9", "15e-9"])(
    "refuses %s, which has digits below 1e-8",
    (text) => {
      expect(() => parseLots(text)).toThrow("more than 8 decimals");
    },
  );
});

describe("formatLots", () => {
  it("writes no trailing zero and no bare point", () => {
    expect([0n, 1n, -1n, 1_250_000_000n, -100_000_000n, 10n ** 30n].map(formatLots)).toEqual([
      "0",
      "0.00000001",
      "-0.00000001",
      "12.5",
      "-1",
      "10000000000000000000000",
    ]);
  });

  it("is the inverse of parseLots", () => {
    fc.assert(fc.property(fc.bigInt(), (lots) => parseLots(formatLots(lots)) === lots));
  });
});
