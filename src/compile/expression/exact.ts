/**
 * Exact sums. A Float64 sum depends on how rows fall into blocks, parts and threads; a Decimal sum does not. So every `sum`
 * and `avg` of a spec is compiled to a Decimal sum that is converted to Float64 once, at the end.
 *
 * - Sums of prices, quantities and their products (with the side) use the exact Decimal twins of these columns.
 * - Other arguments are taken as the decimal numbers that they print as, to 30 decimals (exact-decimal.ts). A non-finite row
 *   makes the whole sum NaN, which the view stores as NULL.
 * - Extremes and quantiles of the rows that fulfil a condition are NULL where no row does.
 * - Variances, covariances and regressions are made of such sums (moments.ts).
 */

import { exactForms, nullForNone } from "./aggregates.js";
import { exactDecimal, nearestFloat } from "./exact-decimal.js";
import { momentOf, momentSql } from "./moments.js";
import { canonicalCase } from "./normal.js";
import {
  callArguments,
  checkSingleExpression,
  closingIndex,
  ExpressionError,
  isSymbol,
  printTokens,
  type Token,
  tokenize,
} from "./tokens.js";

/** Stream columns that have a Decimal twin, and the twin's name. */
const exactTwins: ReadonlyMap<string, string> = new Map([
  ["price", "price_exact"],
  ["quantity", "quantity_exact"],
  ["quote", "quote_exact"],
]);

/** What is below 1e-30 counts as 0. */
const decimals = 30;

const exactOperators = new Set(["+", "-", "*", "(", ")", ","]);
const exactFunctions = new Set(["if", "abs", "greatest", "least"]);
const exactIntegers = new Set(["side", "price_lots", "quantity_lots", "price_ticks", "carry"]);
/** Functions that cannot make a finite number infinite. */
const finiteFunctions = new Set([
  "if",
  "abs",
  "greatest",
  "least",
  "sign",
  "toFloat64",
  "toInt64",
  "ifNull",
  "coalesce",
]);

/** What a rewrite needs to know of the expression's surroundings. */
export interface ExactScope {
  /** Whether the expression reads trades, so that the Decimal twins exist. */
  readonly hasTwins: boolean;
  /** Text put around each `f(…) OVER name`, for the window's minimum of rows; undefined outside of windows. */
  readonly guardWindow?: (call: string, window: string) => string;
  /** Columns above whose value may be infinite or not a number, which Decimals do not take. */
  readonly infinite?: ReadonlySet<string>;
}

/** Whether a finite input can give an expression a value that is not finite: it divides, or calls what may. */
export function mayBeInfinite(sql: string, infinite: ReadonlySet<string>): boolean {
  return !staysFinite(tokenize(sql), infinite);
}

/**
 * Compiles one expression: sums and averages made exact, windows guarded. The result is SQL text.
 * Throws ExpressionError for text that is not a single expression.
 */
export function compileExpression(sql: string, scope: ExactScope): string {
  const tokens = canonicalCase(tokenize(sql));
  checkSingleExpression(tokens);
  return printTokens(rewrite(tokens, scope));
}

function rewrite(tokens: readonly Token[], scope: ExactScope): Token[] {
  const result: Token[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined) break;
    if (token.kind !== "name" || !isSymbol(tokens[index + 1], "(") || isSymbol(tokens[index - 1], ".")) {
      result.push(token);
      continue;
    }
    // f(…) or the parametric f(…)(…)
    let close = closingIndex(tokens, index + 1);
    const parametric = isSymbol(tokens[close + 1], "(");
    const open = parametric ? close + 1 : index + 1;
    if (parametric) close = closingIndex(tokens, open);
    const window = overClause(tokens, close + 1);
    const over = window === undefined ? "" : ` OVER ${window.text}`;
    const args = callArguments(tokens, open);
    const moment = momentOf(token.text);
    let call: string;
    if (exactForms.has(token.text)) {
      call = exactCall(token.text, args, over, scope);
    } else if (token.text === "path" && scope.guardWindow !== undefined) {
      if (window === undefined || args.length !== 1) {
        throw new ExpressionError("path(x) takes one argument and needs `OVER` a window");
      }
      // Not NULL where there are fewer rows than `min`: an array cannot be. In a tuple, because groupArray skips NULL.
      const value = printTokens(rewrite(args[0] ?? [], scope));
      scope.guardWindow("", window.text);
      result.push({ kind: "name", text: `arrayMap(t -> t.1, groupArray(tuple(${value}))${over})` });
      index = window.end;
      continue;
    } else if (moment !== undefined) {
      if (args.length !== moment.arity) {
        throw new ExpressionError(`${token.text} takes ${moment.arity} argument(s), not ${args.length}`);
      }
      const values = args.map((arg) => printTokens(rewrite(arg, scope)));
      call = momentSql(moment, values, over);
    } else {
      const name: Token = { ...token, text: nullForNone(token.text) };
      const head = printTokens([name, ...tokens.slice(index + 1, open)]);
      call = `${head}(${args.map((arg) => printTokens(rewrite(arg, scope))).join(", ")})${over}`;
    }
    if (window !== undefined && scope.guardWindow) call = scope.guardWindow(call, window.text);
    // One opaque token: what is inside has been compiled and must not be looked at again.
    result.push({ kind: "name", text: call });
    index = window === undefined ? close : window.end;
  }
  return result;
}

function overClause(tokens: readonly Token[], at: number): { text: string; end: number } | undefined {
  const over = tokens[at];
  if (over?.kind !== "name" || over.text.toUpperCase() !== "OVER") return undefined;
  const next = tokens[at + 1];
  if (next === undefined) return undefined;
  if (!isSymbol(next, "(")) return { text: next.text, end: at + 1 };
  const end = closingIndex(tokens, at + 1);
  return { text: printTokens(tokens.slice(at + 1, end + 1)), end };
}

function exactCall(name: string, args: readonly Token[][], over: string, scope: ExactScope): string {
  const [value = [], condition] = args;
  const suffix = name.endsWith("If") ? "If" : "";
  const conditionText = condition === undefined ? "" : printTokens(rewrite(condition, scope));
  const behind = condition === undefined ? "" : `, ${conditionText}`;
  const sum = exactSum(value, suffix, behind, conditionText, over, scope);
  if (!name.startsWith("avg")) return sum;
  const counted = printTokens(rewrite(value, scope));
  const count =
    condition === undefined ? `count(${counted})` : `countIf(isNotNull(${counted}) AND (${conditionText}))`;
  return `${sum} / nullIf(${count}${over}, 0)`;
}

function exactSum(
  value: readonly Token[],
  suffix: string,
  behind: string,
  condition: string,
  over: string,
  scope: ExactScope,
): string {
  if (scope.hasTwins && isExact(value)) {
    const twin = printTokens(
      value.map((token) => ({ ...token, text: exactTwins.get(token.text) ?? token.text })),
    );
    return nearestFloat(`sum${suffix}(${twin}${behind})${over}`);
  }
  const text = printTokens(rewrite(value, scope));
  if (staysFinite(value, scope.infinite))
    return nearestFloat(`sum${suffix}(${exactDecimal(text, decimals)}${behind})${over}`);
  // Beneath a NULL may lie an infinity, which the conversion would refuse: it is made 0 first, and the NULL is added again.
  const broken = `countIf(NOT isFinite(${text})${condition === "" ? "" : ` AND (${condition})`})${over}`;
  const finite = `${exactDecimal(`ifNotFinite(${text}, 0)`, decimals)} + isFinite(${text}) * 0`;
  const sum = `sum${suffix}(${finite}${behind})${over}`;
  return `if(${broken} > 0, nan, ${nearestFloat(sum)})`;
}

/** Only additions and multiplications of columns that are integers or have a Decimal twin. */
function isExact(tokens: readonly Token[]): boolean {
  return tokens.every((token, index) => {
    if (token.kind === "symbol") return exactOperators.has(token.text);
    if (token.kind === "number") return /^\d{1,9}$/.test(token.text);
    if (token.kind !== "name") return false;
    if (isSymbol(tokens[index + 1], "(")) return exactFunctions.has(token.text);
    return exactTwins.has(token.text) || exactIntegers.has(token.text);
  });
}

function staysFinite(tokens: readonly Token[], infinite: ReadonlySet<string> = new Set()): boolean {
  return tokens.every((token, index) => {
    if (isSymbol(token, "/") || infinite.has(token.text)) return false;
    return token.kind !== "name" || !isSymbol(tokens[index + 1], "(") || finiteFunctions.has(token.text);
  });
}
