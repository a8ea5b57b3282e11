import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileExpression } from "../../../src/compile/expression/exact.js";
import { withRowWindows } from "../../../src/compile/expression/row-windows.js";
import { ExpressionError, printTokens, tokenize } from "../../../src/compile/expression/tokens.js";

const trades = { hasTwins: true };
const books = { hasTwins: false };
const windows = {
  hasTwins: false,
  guardWindow: (call: string, window: string) => `if(count() OVER ${window} >= 20, ${call}, NULL)`,
};

describe("tokens", () => {
  it("drop comments and layout, and keep strings and quoted names as they are", () => {
    const text = printTokens(
      tokenize("sum( a )  -- a comment\n + /* another */ if(b = ' x -- y', `c d`, 1e-8)"),
    );
    expect(text).toBe("sum(a) + if(b = ' x -- y', `c d`, 1e-8)");
  });

  it.each([
    "",
    "sum(a",
    "sum(a))",
    "(a]",
    "'open",
    "a # b",
    "a /* b",
    "a, b",
    "a AS b",
    "a; DROP TABLE t",
    "(SELECT 1)",
    "1) FROM system.tables --",
  ])("refuse %s", (text) => {
    expect(() => compileExpression(text, trades)).toThrow(ExpressionError);
  });

  it("print to text that reads as the same tokens", () => {
    const piece = fc.constantFrom(
      "a",
      "sum",
      "(",
      ")",
      "[",
      "]",
      ",",
      "+",
      "-",
      "->",
      "1.5",
      "'x y'",
      "`q`",
      "::",
      ".",
      ">=",
      " ",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const tokens = tokenize(pieces.join(" "));
        expect(tokenize(printTokens(tokens))).toEqual(tokens);
      }),
    );
  });
});

describe("exact sums", () => {
  it.each([
    ["sum(quantity)", "toFloat64(toString(sum(quantity_exact)))"],
    ["sum(side * quantity)", "toFloat64(toString(sum(side * quantity_exact)))"],
    ["sumIf(quantity, side > 0)", "toFloat64(toString(sumIf(quantity_exact, side > 0)))"],
    ["sum(price * quantity)", "toFloat64(toString(sum(price_exact * quantity_exact)))"],
    ["avg(price)", "toFloat64(toString(sum(price_exact))) / nullIf(count(price), 0)"],
    [
      "avgIf(price, side < 0)",
      "toFloat64(toString(sumIf(price_exact, side < 0))) / nullIf(countIf(isNotNull(price) AND (side < 0)), 0)",
    ],
    ["sum(abs(x - 1.5))", "toFloat64(toString(sum(toDecimal256(toString(abs(x - 1.5)), 30))))"],
    ["argMax(price, ord) - argMin(price, ord)", "argMax(price, ord) - argMin(price, ord)"],
    ["quantileExact(0.5)(price)", "quantileExact(0.5)(price)"],
    // Where no trade is meant, the engine's maxIf would be a price of 0.
    ["maxIf(price, side > 0)", "maxOrNullIf(price, side > 0)"],
    ["argMinIf(price, ord, side > 0)", "argMinOrNullIf(price, ord, side > 0)"],
    ["quantileExactIf(0.5)(price, side > 0)", "quantileExactOrNullIf(0.5)(price, side > 0)"],
    ["countIf(side > 0)", "countIf(side > 0)"],
  ])("compile %s", (sql, expected) => {
    expect(compileExpression(sql, trades)).toBe(expected);
  });

  it("keep a sum NaN when a row of it is not finite", () => {
    expect(compileExpression("sum(1 / price)", trades)).toBe(
      "if(countIf(NOT isFinite(1 / price)) > 0, nan, toFloat64(toString(sum(toDecimal256(toString(ifNotFinite(1 / price, 0)), 30) + isFinite(1 / price) * 0))))",
    );
  });

  it("have no Decimal twins outside of trades", () => {
    expect(compileExpression("sum(price)", books)).toBe(
      "toFloat64(toString(sum(toDecimal256(toString(price), 30))))",
    );
  });

  it("reach into arguments of other calls", () => {
    expect(compileExpression("nullIf(sum(quantity), 0)", trades)).toBe(
      "nullIf(toFloat64(toString(sum(quantity_exact))), 0)",
    );
  });

  it("stay inside of their window, and windows are guarded by their minimum of rows", () => {
    expect(compileExpression("sum(x) OVER w20 / max(y) OVER w20", windows)).toBe(
      "if(count() OVER w20 >= 20, toFloat64(toString(sum(toDecimal256(toString(x), 30)) OVER w20)), NULL) / if(count() OVER w20 >= 20, max(y) OVER w20, NULL)",
    );
  });

  it("take the names of JavaScript's own object methods for what they are", () => {
    expect(compileExpression("toString(valueOf) + constructor", trades)).toBe(
      "toString(valueOf) + constructor",
    );
  });
});

describe("windows of rows", () => {
  it("know the neighbours and no method of JavaScript's objects", () => {
    const sql = printTokens(withRowWindows(tokenize("prev(x) + length(toString(side)) + valueOf(x)")));
    expect(sql).toMatch(
      /^lagInFrame\(toNullable\(x\), 1, NULL\) OVER ?\(.*\) \+ length\(toString\(side\)\) \+ valueOf\(x\)$/,
    );
  });
});

describe("moments", () => {
  it("are made of exact sums, of pairs without NULL", () => {
    const sql = compileExpression("covarSamp(x, y)", books);
    expect(sql).toContain("toDecimal256(toString(multiIf(isNull((x)) OR isNull((y)), NULL,");
    expect(sql).not.toMatch(/covarSamp|avg\(/);
  });

  it("are guarded by their window once, whatever they are made of", () => {
    const sql = compileExpression("regr_t(y, x) OVER w", windows);
    expect(sql.match(/count\(\) OVER w >= 20/g)).toHaveLength(1);
    expect(sql.match(/ OVER w\b/g)?.length).toBeGreaterThan(5);
  });

  it("mean the same with and without Stable, and take a condition behind the others", () => {
    expect(compileExpression("varPopStable(x)", books)).toBe(compileExpression("varPop(x)", books));
    expect(compileExpression("varSampIf(x, c = 1)", books)).toContain("if(c = 1, x, NULL)");
  });

  it.each(["corr(x)", "varPop(x, y)", "regr_slope(y)", "stddevPopIf(x)"])("refuse %s", (text) => {
    expect(() => compileExpression(text, books)).toThrow(ExpressionError);
  });
});
