import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Rational } from "../../support/oracle/rational.js";

describe("Rational", () => {
  it("rounds a quotient to the Float64 that the engine's own division gives for exact operands", () => {
    const small = fc.integer({ min: 1, max: 2 ** 31 - 1 });
    fc.assert(
      fc.property(small, small, (a, b) => {
        const quotient = Rational.parse(String(a)).over(Rational.parse(String(b)));
        expect(quotient?.toNumber()).toBe(a / b);
      }),
    );
  });

  it("reads decimals as Number does, and writes them back", () => {
    const decimals = fc.tuple(
      fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
      fc.nat({ max: 99_999_999 }),
    );
    fc.assert(
      fc.property(decimals, ([whole, fraction]) => {
        const text = `${whole}.${String(fraction).padStart(8, "0")}`;
        expect(Rational.parse(text).toNumber()).toBe(Number(text));
        expect(Rational.parse(Rational.parse(text).toDecimal()).minus(Rational.parse(text)).toNumber()).toBe(
          0,
        );
      }),
    );
  });

  it("adds without rounding", () => {
    const sum = Rational.sum(["0.1", "0.2", "0.30", "-0.6"].map((text) => Rational.parse(text)));
    expect(sum.toNumber()).toBe(0);
    expect(Rational.parse("1").over(sum)).toBeNull();
  });
});
