import { describe, expect, it } from "vitest";
import { normalExpression, sameExpression } from "../../../src/compile/expression/normal.js";

describe("the normal form of an expression", () => {
  it.each([
    ["sum(a)", "sum( a ) -- all of it"],
    ["sum(a)", "/* all */ SUM(\n  a\n)"],
    ["a + b", "(a) + ((b))"],
    ["a + b * c", "a + (b * c)"],
    ["(a + b) * c", "((a + b) * (c))"],
    ["a + b + c", "(a + b) + c"],
    ["a - b + c", "(a - b) + c"],
    ["f(a + b, c)", "f((a + b), (c))"],
    ["arrayMap(x -> x + 1, a)", "arrayMap(x -> (x + 1), a)"],
    ["a = 1 AND b = 2", "(a = 1) and (b = 2)"],
    ["a AND b OR c", "(a AND b) or c"],
    ["sum(a) OVER w / b", "(SUM(a) over w) / b"],
    ["a != b", "a <> b"],
    ["a = b", "a == b"],
    ["a + 0.5", "a + 0.50"],
    ["a + 0.5", "a + .5"],
    ["a + 1000.", "a + 1e3"],
    ["a + 16", "a + 0x10"],
    ["`a` + b", 'a + "b"'],
    ["varPop(a)", "VAR_POP(a)"],
    ["CASE WHEN a THEN b ELSE c END", "case when (a) then (b) else (c) end"],
  ])("%s is %s", (a, b) => {
    expect(normalExpression(b)).toBe(normalExpression(a));
  });

  it.each([
    ["a + (b + c)", "(a + b) + c"],
    ["a - (b - c)", "a - b - c"],
    ["a / (b * c)", "a / b * c"],
    ["(a + b) * c", "a + b * c"],
    ["-(a + b)", "-a + b"],
    ["a - (-b)", "a - b"],
    ["(a, b)", "a"],
    ["a IN (1)", "a IN (2)"],
    ["NOT (a AND b)", "NOT a AND b"],
    ["a AND (b OR c)", "a AND b OR c"],
    ["(a = b) = c", "a = (b = c)"],
    ["1", "1.0"],
    ["a", "A"],
    ["'a'", "'A'"],
    ["argMax(a, ord)", "argMin(a, ord)"],
    ["quantileExact(0.5)(a)", "quantileExact(0.05)(a)"],
    ["(a ? b : c) + d", "a ? b : (c + d)"],
    ["(a + b)[1]", "a + b[1]"],
    ["(a + b).1", "a + b.1"],
    ["(a AS x)", "a"],
  ])("%s is not %s", (a, b) => {
    expect(sameExpression(a, b)).toBe(false);
  });

  it("of a normal form is itself, and a text that is no expression is only equal to itself", () => {
    for (const text of ["((a+b))*(c)", "SUM((a))/(b)", "a - (b - (c))", "x -> (x+1)"])
      expect(normalExpression(normalExpression(text))).toBe(normalExpression(text));
    expect(sameExpression("a +* (", "a +* (")).toBe(true);
    expect(sameExpression("f((a", "f( (a")).toBe(false);
  });
});
