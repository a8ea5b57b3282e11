import type { SimulatedInstrument } from "./market-model.js";

/** Trades by column, in the order of their ids. Prices in ticks, sizes in lots. */
export interface TradeColumns {
  readonly timeMs: number[];
  readonly id: number[];
  readonly price: number[];
  readonly size: number[];
  /** +1: the taker bought, -1: the taker sold. */
  readonly side: number[];
}

/** Book snapshots by column; the level columns hold `bookLevels` values a snapshot, best first. */
export interface BookColumns {
  readonly timeMs: number[];
  /** When a recorder would have received it, in microseconds. */
  readonly localUs: number[];
  readonly bidPrice: number[];
  readonly bidSize: number[];
  readonly askPrice: number[];
  readonly askSize: number[];
}

/** What an exchange publishes about a perpetual each second. */
export interface Ticker {
  readonly timeMs: number;
  readonly localUs: number;
  readonly fundingTimeMs: number;
  readonly fundingRate: number;
  /** In lots. */
  readonly openInterest: number;
  /** In ticks; index and mark with fractions. */
  readonly lastPrice: number;
  readonly indexPrice: number;
  readonly markPrice: number;
}

/** What one instrument did in one stretch of time, which never spans two UTC days. */
export interface MarketChunk {
  readonly instrument: SimulatedInstrument;
  readonly fromMs: number;
  readonly toMs: number;
  readonly trades: TradeColumns;
  readonly books: BookColumns;
  readonly tickers: readonly Ticker[];
}

export function emptyChunk(instrument: SimulatedInstrument, fromMs: number, toMs: number) {
  const trades: TradeColumns = { timeMs: [], id: [], price: [], size: [], side: [] };
  const books: BookColumns = {
    timeMs: [],
    localUs: [],
    bidPrice: [],
    bidSize: [],
    askPrice: [],
    askSize: [],
  };
  const tickers: Ticker[] = [];
  return { instrument, fromMs, toMs, trades, books, tickers };
}
