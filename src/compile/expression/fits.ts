/** `microprice_fit.adjustments`: lists of a fitted table in expressions. */
import { isSymbol, type Token } from "./tokens.js";

/** Replaces each use by the quoted name of its column, and says which lists are used. */
export function withFits(
  tokens: readonly Token[],
  fit: string | undefined,
): { readonly tokens: readonly Token[]; readonly lists: readonly string[] } {
  if (fit === undefined) return { tokens, lists: [] };
  const result: Token[] = [];
  const lists: string[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    const list = tokens[index + 2];
    const isUse =
      token?.kind === "name" &&
      token.text === fit &&
      isSymbol(tokens[index + 1], ".") &&
      list?.kind === "name";
    if (token === undefined) break;
    if (!isUse || list === undefined) {
      result.push(token);
      continue;
    }
    index += 2;
    lists.push(list.text);
    result.push({ kind: "quoted", text: `\`${fit}.${list.text}\`` });
  }
  return { tokens: result, lists };
}
