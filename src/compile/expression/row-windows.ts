/**
 * The windows that expressions over a bucket's rows may use: `OVER bucket`, `OVER so_far`, both also `(by x)`, and the
 * neighbours `prev(x)`, `next(x)`. None of them leaves the bucket.
 */
import { placeColumn } from "../names.js";
import { callArguments, closingIndex, ExpressionError, isSymbol, type Token, tokenize } from "./tokens.js";

const frames = {
  bucket: "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
  so_far: "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW",
} as const;
const neighbours: ReadonlyMap<string, string> = new Map([
  ["prev", "lagInFrame"],
  ["next", "leadInFrame"],
]);
/** They cannot be Nullable: their neighbour beyond the edge is an empty array. */
const arrayColumns: ReadonlySet<string> = new Set(["bid_px", "bid_qty", "ask_px", "ask_qty"]);

/** The definition of a window: rows in the order of `ord`, which is unique within a bucket. */
export function rowWindow(name: "bucket" | "so_far", by: readonly string[] = []): string {
  return `(PARTITION BY ${[placeColumn, ...by].join(", ")} ORDER BY ord ${frames[name]})`;
}

/** The expression with ClickHouse's own windows. Throws ExpressionError for a window that is not one of these. */
export function withRowWindows(tokens: readonly Token[]): Token[] {
  const result: Token[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined) break;
    const lag = token.kind === "name" ? neighbours.get(token.text) : undefined;
    if (lag !== undefined && isSymbol(tokens[index + 1], "(")) {
      const [value = [], ...more] = callArguments(tokens, index + 1);
      if (value.length === 0 || more.length > 0)
        throw new ExpressionError(`${token.text} takes one argument`);
      const isArray = value.length === 1 && arrayColumns.has(value[0]?.text ?? "");
      const head = isArray ? `${lag}(` : `${lag}(toNullable(`;
      const tail = isArray ? ")" : "), 1, NULL)";
      result.push(...tokenize(head), ...withRowWindows(value), ...tokenize(tail), ...over("bucket", []));
      index = closingIndex(tokens, index + 1);
    } else if (token.kind === "name" && token.text.toUpperCase() === "OVER") {
      const name = tokens[index + 1]?.text ?? "";
      if (name !== "bucket" && name !== "so_far") {
        throw new ExpressionError(`OVER ${name}: the windows of rows are \`bucket\` and \`so_far\``);
      }
      const isBy = isSymbol(tokens[index + 2], "(") && tokens[index + 3]?.text === "by";
      const close = isBy ? closingIndex(tokens, index + 2) : index + 1;
      const by = isBy ? tokens.slice(index + 4, close) : [];
      if (isBy && by.length === 0) throw new ExpressionError(`OVER ${name}(by …) names nothing`);
      result.push(...over(name, by));
      index = close;
    } else {
      result.push(token);
    }
  }
  return result;
}

function over(name: "bucket" | "so_far", by: readonly Token[]): Token[] {
  const open = tokenize(rowWindow(name));
  const order = open.findIndex(({ text }) => text === "ORDER");
  const comma: Token = { kind: "symbol", text: "," };
  const parts = by.length === 0 ? [] : [comma, ...by];
  return [{ kind: "name", text: "OVER" }, ...open.slice(0, order), ...parts, ...open.slice(order)];
}
