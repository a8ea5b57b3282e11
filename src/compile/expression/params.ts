/** A view's named numbers in its expressions. */
import { isSymbol, type Token } from "./tokens.js";

/** Puts numbers in place of the parameters' names; a call or a qualified name of the same text is left alone. */
export function withParams(tokens: readonly Token[], params: Readonly<Record<string, number>>): Token[] {
  return tokens.map((token, index) => {
    const value = token.kind === "name" && Object.hasOwn(params, token.text) ? params[token.text] : undefined;
    if (value === undefined) return token;
    if (isSymbol(tokens[index + 1], "(") || isSymbol(tokens[index - 1], ".")) return token;
    return { kind: "number", text: value < 0 ? `(${value})` : String(value) };
  });
}
