import { type InstrumentKey, type MarketType, marketTypes } from "./model.js";
import { suggest } from "./suggest.js";

/**
 * Reads `exchange/market_type/symbol`. The answer is the key, or a sentence that says what is wrong with the text and what
 * was expected: exchange in lower case, a known market type, the symbol in upper case as the venue writes it.
 */
export function parseInstrumentName(text: string): InstrumentKey | { readonly problem: string } {
  const parts = text.split("/");
  const [exchange = "", marketType = "", symbol = ""] = parts;
  if (parts.length !== 3) {
    return {
      problem: `"${text}" is no instrument: expected exchange/market_type/symbol, such as binance/spot/BTCUSDT`,
    };
  }
  const problem = exchangeProblem(exchange) ?? marketTypeProblem(marketType) ?? symbolProblem(symbol);
  return problem === undefined ? { exchange, marketType: marketType as MarketType, symbol } : { problem };
}

export function exchangeProblem(exchange: string): string | undefined {
  if (/^[a-z0-9][a-z0-9_-]{0,39}$/.test(exchange)) return undefined;
  return `exchange "${exchange}" is not written in lower case letters, digits, - and _, such as binance`;
}

export function marketTypeProblem(marketType: string): string | undefined {
  if (marketTypes.some((known) => known === marketType)) return undefined;
  const near = suggest(marketType, marketTypes);
  const meant = near === undefined ? "" : `; did you mean ${near}?`;
  return `market type "${marketType}" is none of ${marketTypes.join(", ")}${meant}`;
}

export function symbolProblem(symbol: string): string | undefined {
  if (/^[^\s/\p{Ll}\p{C}"'`\\]{1,64}$/u.test(symbol)) return undefined;
  return `symbol "${symbol}" is not written in upper case as the venue writes it, such as BTCUSDT (no blanks, slashes or quotes)`;
}
