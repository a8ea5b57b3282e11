/**
 * The normal form of an expression: two texts that the engine parses into the same tree, up to layout, comments, brackets
 * that say what precedence says anyway, the case of keywords and functions, and other names of operators, numbers and
 * functions, are the same text. It is compared and hashed, never executed. Where it is in doubt it keeps what was written:
 * two texts of one meaning may differ, never the other way round.
 */
import { functionCase, functionName } from "./function-name.js";
import { callArguments, closingIndex, isSymbol, printTokens, type Token, tokenize } from "./tokens.js";

/** Throws ExpressionError for what is no expression. */
export function normalExpression(sql: string): string {
  return printTokens(withoutBrackets(renameCalls(tokenize(sql), functionName).map(normalToken)));
}

/** Whether two expressions are the same but for how they are written. A text that cannot be read is equal to itself only. */
export function sameExpression(a: string, b: string): boolean {
  if (a === b) return true;
  try {
    return normalExpression(a) === normalExpression(b);
  } catch {
    return false;
  }
}

/** Functions in their own case: what is compiled and what is checked need not know `SUM`. */
export function canonicalCase(tokens: readonly Token[]): Token[] {
  return renameCalls(tokens, functionCase);
}

function renameCalls(tokens: readonly Token[], rename: (name: string) => string): Token[] {
  return tokens.map((token, index) => {
    const isCall = token.kind === "name" && isSymbol(tokens[index + 1], "(");
    if (!isCall || isSymbol(tokens[index - 1], ".") || isKeyword(token)) return token;
    return { kind: "name", text: rename(token.text) };
  });
}

const keywords = new Set(
  "AND OR NOT IN LIKE ILIKE BETWEEN IS NULL CASE WHEN THEN ELSE END OVER AS DISTINCT DIV MOD INTERVAL".split(
    " ",
  ),
);

function isKeyword(token: Token | undefined): boolean {
  return token?.kind === "name" && keywords.has(token.text.toUpperCase());
}

const operators: Readonly<Record<string, string>> = { "<>": "!=", "==": "=" };

function normalToken(token: Token): Token {
  switch (token.kind) {
    case "symbol":
      return { kind: "symbol", text: operators[token.text] ?? token.text };
    case "name":
      return isKeyword(token) ? { kind: "name", text: token.text.toUpperCase() } : token;
    case "quoted": {
      const inner = token.text.slice(1, -1);
      const isPlain = /^[A-Za-z_]\w*$/.test(inner) && !keywords.has(inner.toUpperCase());
      return isPlain ? { kind: "name", text: inner } : { kind: "quoted", text: token.text };
    }
    case "number":
      return { kind: "number", text: normalNumber(token.text) };
    case "string":
      return token;
  }
}

/** A float stays a float: `1.0` is `1.`, which is another type than `1`. */
function normalNumber(text: string): string {
  if (/^0x/i.test(text) || /^\d+$/.test(text)) return BigInt(text).toString();
  const value = String(Number(text));
  return /[.e]/.test(value) ? value : `${value}.`;
}

/** How tightly operators bind, as the engine parses them; what is not here is left as it is written. */
const powers: Readonly<Record<string, number>> = {
  OR: 1,
  AND: 2,
  "=": 4,
  "!=": 4,
  "<": 4,
  ">": 4,
  "<=": 4,
  ">=": 4,
  "+": 6,
  "-": 6,
  "*": 7,
  "/": 7,
  "%": 7,
};
const comparison = 4;
const boundary = 0;
const atom = 9;

function withoutBrackets(tokens: readonly Token[]): Token[] {
  let current = [...tokens];
  for (let open = 0; open < current.length; open++) {
    if (!isSymbol(current[open], "(")) continue;
    const close = closingIndex(current, open);
    if (!isRedundant(current, open, close)) continue;
    current = [...current.slice(0, open), ...current.slice(open + 1, close), ...current.slice(close + 1)];
    // What stood inside may begin with a bracket that has become redundant, too.
    open--;
  }
  return current;
}

function isRedundant(tokens: readonly Token[], open: number, close: number): boolean {
  const [before, behind] = [tokens[open - 1], tokens[close + 1]];
  const left = powerBefore(before);
  const right = powerBehind(behind);
  if (left === undefined || right === undefined || close === open + 1) return false;
  const inside = tokens.slice(open + 1, close);
  if (callArguments(tokens, open).length !== 1) return false;
  if (left === boundary && right === boundary) return true;
  const power = lowestPower(inside);
  if (power === undefined) return false;
  // Behind a minus that has no left operand, brackets decide what is negated.
  if (isSymbol(before, "-") && !endsOperand(tokens[open - 2])) return false;
  // `a + (b + c)` is another tree than `(a + b) + c`, and another sum of floats.
  return power > left && (power > right || (power === right && power > comparison));
}

/** The operator to the left of a bracket; undefined where the bracket is no mere grouping. */
function powerBefore(token: Token | undefined): number | undefined {
  if (token === undefined) return boundary;
  if (token.kind === "symbol" && /^(?:[([{,]|->)$/.test(token.text)) return boundary;
  if (token.kind === "name" && /^(?:WHEN|THEN|ELSE)$/.test(token.text)) return boundary;
  return token.kind === "symbol" || isKeyword(token) ? powers[token.text] : undefined;
}

function powerBehind(token: Token | undefined): number | undefined {
  if (token === undefined) return boundary;
  if (token.kind === "symbol" && /^[)\]},]$/.test(token.text)) return boundary;
  if (token.kind === "name" && /^(?:WHEN|THEN|ELSE|END)$/.test(token.text)) return boundary;
  return token.kind === "symbol" || isKeyword(token) ? powers[token.text] : undefined;
}

/** The operator that binds loosest; `atom` without one; undefined for what is not of operands and known operators. */
function lowestPower(tokens: readonly Token[]): number | undefined {
  let lowest = atom;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined) break;
    if (token.kind === "symbol" && /^[([{]$/.test(token.text)) {
      index = closingIndex(tokens, index);
    } else if (token.kind === "symbol" && token.text !== ".") {
      const power = powers[token.text];
      // A sign has no operand to its left; it binds tighter than all else, which brackets around it may hide.
      if (power === undefined || !endsOperand(tokens[index - 1])) return undefined;
      lowest = Math.min(lowest, power);
    } else if (isKeyword(token) && token.text !== "OVER" && token.text !== "NULL") {
      const power = powers[token.text];
      if (power === undefined) return undefined;
      lowest = Math.min(lowest, power);
    }
  }
  return lowest;
}

function endsOperand(token: Token | undefined): boolean {
  if (token === undefined) return false;
  if (token.kind === "symbol") return /^[)\]}]$/.test(token.text);
  return !isKeyword(token) || token.text === "NULL" || token.text === "END";
}
