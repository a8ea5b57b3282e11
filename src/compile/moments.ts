/**
 * Several moments of one instrument in one statement: the instrument as it was known at each of them goes by a symbol of its own.
 * Everything that a text joins, it joins by instrument, so none of them sees another.
 */
import { rowSymbol } from "./stream.js";

/** Stands in no symbol. */
const mark = "/";

/** The symbol of the instrument at a moment; `place` is an expression that counts moments from 1. */
export function symbolAt(symbol: string, place: string): string {
  return `CAST(concat(${symbol}, '${mark}', toString(${place})) AS LowCardinality(String))`;
}

/** The text with tick sizes, which are looked up by symbol, found for every moment. */
export function withMoments(text: string): string {
  return text.replaceAll(`${rowSymbol} = `, `splitByChar('${mark}', toString(${rowSymbol}))[1] = `);
}
