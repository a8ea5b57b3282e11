/**
 * The lexical structure of a ClickHouse expression. The engine parses and type-checks expressions; this is only what is
 * needed to find names and calls in them, to rewrite sums, and to compare two expressions regardless of layout.
 */

export interface Token {
  readonly kind: "name" | "quoted" | "number" | "string" | "symbol";
  /** As written; for `quoted` with its quotes. */
  readonly text: string;
}

/** What an expression may not contain; the caller turns it into a finding with the file's place. */
export class ExpressionError extends Error {}

const patterns: readonly (readonly [Token["kind"] | "skip", RegExp])[] = [
  ["skip", /\s+|--[^\n]*|\/\*[\s\S]*?\*\//y],
  ["string", /'(?:[^'\\]|\\[\s\S]|'')*'/y],
  ["quoted", /`(?:[^`\\]|\\[\s\S]|``)*`|"(?:[^"\\]|\\[\s\S]|"")*"/y],
  ["number", /0[xX][0-9a-fA-F]+|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y],
  ["name", /[A-Za-z_][A-Za-z0-9_]*/y],
  ["symbol", /->|::|\|\||<=>|<=|>=|!=|<>|==|[-+*/%<>=,.()[\]{}?:;]/y],
];

/** Splits an expression into tokens; comments and white space are dropped. Throws ExpressionError at what is no token. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  scan: while (position < sql.length) {
    if (sql.startsWith("/*", position) && !sql.includes("*/", position + 2))
      throw new ExpressionError('"/*" is never closed');
    for (const [kind, pattern] of patterns) {
      pattern.lastIndex = position;
      const text = pattern.exec(sql)?.[0];
      if (text === undefined) continue;
      position += text.length;
      if (kind !== "skip") tokens.push({ kind, text });
      continue scan;
    }
    throw new ExpressionError(`unexpected ${JSON.stringify(sql[position])}`);
  }
  return tokens;
}

export function isSymbol(token: Token | undefined, text: string): boolean {
  return token?.kind === "symbol" && token.text === text;
}

/** The name that a token may be, without its quotes. */
export function identifierOf({ kind, text }: Token): string | undefined {
  if (kind === "name") return text;
  return kind === "quoted" ? text.slice(1, -1) : undefined;
}

/**
 * Tokens as text in one layout, so that two expressions that differ only in white space or comments are equal. Spaces are
 * kept between words and around operators, for people who read the plan.
 */
export function printTokens(tokens: readonly Token[]): string {
  let text = "";
  let previous: Token | undefined;
  for (const token of tokens) {
    text += previous === undefined || isGlued(previous, token) ? token.text : ` ${token.text}`;
    previous = token;
  }
  return text;
}

function isGlued(previous: Token, token: Token): boolean {
  const endsOperand = previous.kind === "name" || previous.kind === "quoted" || /^[)\]]$/.test(previous.text);
  // A dot beside a number would become part of it; `.1` behind an operand is an element of a tuple.
  if (token.text.startsWith(".")) return endsOperand;
  if (previous.text === ".") return token.kind !== "number";
  if (/^(?:[([]|::)$/.test(previous.text) || /^(?:[),\]]|::)$/.test(token.text)) return true;
  return /^[([]$/.test(token.text) && endsOperand;
}

/** Index of the bracket that closes the one at `open`. Throws ExpressionError when there is none. */
export function closingIndex(tokens: readonly Token[], open: number): number {
  const pairs: Record<string, string> = { "(": ")", "[": "]", "{": "}" };
  const expected: string[] = [];
  for (let index = open; index < tokens.length; index++) {
    const token = tokens[index];
    if (token?.kind !== "symbol") continue;
    const closing = pairs[token.text];
    if (closing !== undefined) expected.push(closing);
    else if (token.text === ")" || token.text === "]" || token.text === "}") {
      if (expected.pop() !== token.text) throw new ExpressionError(`unexpected "${token.text}"`);
      if (expected.length === 0) return index;
    }
  }
  throw new ExpressionError(`"${tokens[open]?.text ?? "("}" is never closed`);
}

/** They make several rows or several columns of one. */
const multiplying: ReadonlySet<string> = new Set(["arrayjoin", "unnest", "untuple", "columns"]);

/**
 * Refuses what is not one expression: brackets that do not match, a second item, a statement's end, a sub-select, an alias,
 * what becomes several rows or columns. Such text would change the SELECT that it is put into.
 */
export function checkSingleExpression(tokens: readonly Token[]): void {
  if (tokens.length === 0) throw new ExpressionError("it is empty");
  for (const [index, token] of tokens.entries()) {
    const word = token.kind === "name" ? token.text.toLowerCase() : token.text;
    if (word === ";") throw new ExpressionError('unexpected ";"');
    if (token.kind !== "name") continue;
    if (word === "select") throw new ExpressionError("a sub-select is not allowed");
    // Within brackets, too: the engine lets an alias take the place of every column of its name.
    if (word === "as" && !isOfCast(tokens, index))
      throw new ExpressionError("an alias is not allowed; the column's name is its key");
    if (multiplying.has(word) && isSymbol(tokens[index + 1], "(")) {
      const what = word === "untuple" || word === "columns" ? "several columns" : "several rows";
      throw new ExpressionError(`${token.text}(…) makes ${what} of one`);
    }
  }
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token?.kind !== "symbol") continue;
    if (token.text === ",") throw new ExpressionError('unexpected ","');
    if (/^[)\]}]$/.test(token.text)) throw new ExpressionError(`"${token.text}" closes nothing`);
    if (/^[([{]$/.test(token.text)) index = closingIndex(tokens, index);
  }
}

/** Whether the AS at this place is that of `CAST(x AS T)`. */
function isOfCast(tokens: readonly Token[], at: number): boolean {
  let depth = 0;
  for (let index = at - 1; index > 0; index--) {
    const token = tokens[index];
    if (token?.kind !== "symbol") continue;
    if (/^[)\]}]$/.test(token.text)) depth += 1;
    else if (/^[([{]$/.test(token.text) && depth > 0) depth -= 1;
    else if (/^[([{]$/.test(token.text))
      return token.text === "(" && /^cast$/i.test(tokens[index - 1]?.text ?? "");
  }
  return false;
}

/** The arguments between `open` and its closing bracket, split at top-level commas; none for `()`. */
export function callArguments(tokens: readonly Token[], open: number): Token[][] {
  const close = closingIndex(tokens, open);
  const result: Token[][] = [];
  let current: Token[] = [];
  for (let index = open + 1; index < close; index++) {
    const token = tokens[index];
    if (token === undefined) break;
    if (isSymbol(token, ",")) {
      result.push(current);
      current = [];
      continue;
    }
    if (token.kind === "symbol" && /^[([{]$/.test(token.text)) {
      const end = closingIndex(tokens, index);
      current.push(...tokens.slice(index, end + 1));
      index = end;
      continue;
    }
    current.push(token);
  }
  if (result.length > 0 || current.length > 0) result.push(current);
  return result;
}
