/** Windows of time over raw rows, in expressions: what `OVER <time window>` is compiled to. */
import type { TimeRows } from "../../spec/time-windows.js";
import { closingIndex, ExpressionError, isSymbol, printTokens, type Token, tokenize } from "./tokens.js";

/** The mids at the grid's points of the widest window, oldest first; one column of the relation over books. */
export const gridMids = "grid_mids";

/** Aggregates that would silently go over the rows of the widest window if they named none. */
const aggregates =
  /^(?:sum|avg|count|min|max|argMin|argMax|uniqExact|quantileExact\w*|quantilesExact\w*|(?:var|stddev|covar)(?:Pop|Samp)|corr|regr_\w+)(?:Stable)?(?:If)?$/;

/**
 * Over trades, `f(x) OVER w` becomes `fIf(x, <row is in w>)`; over books, `path(mid) OVER w` becomes the array of the mids at the
 * window's grid points, both ends included, oldest first. Throws ExpressionError for an aggregate without a window.
 */
export function withTimeWindows(tokens: readonly Token[], time: TimeRows): Token[] {
  const result: Token[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined) break;
    if (token.kind !== "name" || !isSymbol(tokens[index + 1], "(")) {
      result.push(token);
      continue;
    }
    let close = closingIndex(tokens, index + 1);
    let open = index + 1;
    if (isSymbol(tokens[close + 1], "(")) {
      open = close + 1;
      close = closingIndex(tokens, open);
    }
    const inside = withTimeWindows(tokens.slice(open + 1, close), time);
    const over = tokens[close + 1];
    const isWindow = over?.kind === "name" && over.text.toUpperCase() === "OVER";
    if (isWindow) {
      const name = tokens[close + 2]?.text ?? "";
      result.push(...windowed(token, tokens.slice(index + 1, open), inside, name, time));
      index = close + 2;
    } else {
      if (token.text === "path" || aggregates.test(token.text)) {
        throw new ExpressionError(`${token.text}(…) needs \`OVER\` one of the view's time windows`);
      }
      result.push(token, ...tokens.slice(index + 1, open + 1), ...inside, symbol(")"));
      index = close;
    }
  }
  return result;
}

function windowed(
  call: Token,
  params: readonly Token[],
  inside: readonly Token[],
  name: string,
  time: TimeRows,
): Token[] {
  const window = time.windows.find((candidate) => candidate.name === name);
  if (window === undefined) throw new ExpressionError(`OVER ${name} names no time window of this view`);
  if (time.gridMs !== undefined) {
    if (call.text !== "path" || printTokens(inside) !== "mid") {
      throw new ExpressionError("over books, a time window gives `path(mid)`, the mids at its grid points");
    }
    return tokenize(`arraySlice(${gridMids}, -${window.ms / time.gridMs + 1})`);
  }
  const condition = `timestamp >= bucket_ts_end - toIntervalMillisecond(${window.ms})`;
  if (!call.text.endsWith("If")) {
    const comma = inside.length === 0 ? "" : ", ";
    return [
      { kind: "name", text: `${call.text}If` },
      ...params,
      symbol("("),
      ...inside,
      ...tokenize(`${comma}${condition}`),
      symbol(")"),
    ];
  }
  // The condition is the last argument; AND binds weaker than what stands in an argument list.
  return [call, ...params, symbol("("), ...inside, ...tokenize(`AND ${condition}`), symbol(")")];
}

function symbol(text: string): Token {
  return { kind: "symbol", text };
}
