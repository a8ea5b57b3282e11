import { normalExpression } from "./normal.js";
import { isSymbol, printTokens, tokenize } from "./tokens.js";

/**
 * The normal form of an expression with qualifiers by the place of their view in `from`: what a view that is read is called
 * does not change what is computed.
 */
export function normalByPlace(sql: string, upstream: readonly string[]): string {
  const tokens = tokenize(sql);
  const placed = tokens.map((token, index) => {
    const place = token.kind === "quoted" ? -1 : upstream.indexOf(token.text);
    const qualifies = isSymbol(tokens[index + 1], ".") && !isSymbol(tokens[index - 1], ".");
    return place >= 0 && qualifies ? ({ kind: "name", text: `__from_${place}` } as const) : token;
  });
  return normalExpression(printTokens(placed));
}
