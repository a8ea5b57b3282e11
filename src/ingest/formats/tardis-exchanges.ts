import type { InstrumentKey, MarketType } from "../../spec/model.js";

type MarketOf = (symbol: string) => MarketType | undefined;

const always =
  (market: MarketType): MarketOf =>
  () =>
    market;

const isOption = (symbol: string): boolean => /-[CP]$/.test(symbol);

/** Settled in a stable coin, or in the coin itself. */
const bySettlement: MarketOf = (symbol) => (/USDT|USDC|PERP$/.test(symbol) ? "linear" : "inverse");

const deribit: MarketOf = (symbol) => {
  if (isOption(symbol)) return "option";
  // BTC_USDC is spot, BTC_USDC-PERPETUAL a linear future.
  if (!symbol.includes("-")) return symbol.includes("_") ? "spot" : undefined;
  return /_USD[CT]-/.test(symbol) ? "linear" : "inverse";
};

const kraken: MarketOf = (symbol) =>
  (({ PF: "linear", FF: "linear", PI: "inverse", FI: "inverse" }) as const)[symbol.slice(0, 2) as "PF"];

/** Tardis' names of exchanges: ours, and the market of a symbol. Undefined: not known for sure. */
const exchanges: Readonly<Record<string, readonly [exchange: string, market: MarketOf]>> = {
  binance: ["binance", always("spot")],
  "binance-futures": ["binance", always("linear")],
  "binance-delivery": ["binance", always("inverse")],
  "binance-options": ["binance", always("option")],
  "binance-us": ["binance-us", always("spot")],
  bitfinex: ["bitfinex", always("spot")],
  "bitfinex-derivatives": ["bitfinex", always("linear")],
  bitstamp: ["bitstamp", always("spot")],
  bybit: ["bybit", bySettlement],
  "bybit-spot": ["bybit", always("spot")],
  "bybit-options": ["bybit", always("option")],
  coinbase: ["coinbase", always("spot")],
  cryptofacilities: ["kraken", kraken],
  deribit: ["deribit", deribit],
  gemini: ["gemini", always("spot")],
  "gate-io": ["gate-io", always("spot")],
  "gate-io-futures": ["gate-io", bySettlement],
  huobi: ["huobi", always("spot")],
  "huobi-dm": ["huobi", always("inverse")],
  "huobi-dm-swap": ["huobi", always("inverse")],
  "huobi-dm-linear-swap": ["huobi", always("linear")],
  kraken: ["kraken", always("spot")],
  kucoin: ["kucoin", always("spot")],
  okex: ["okx", always("spot")],
  "okex-futures": ["okx", bySettlement],
  "okex-swap": ["okx", bySettlement],
  "okex-options": ["okx", always("option")],
};

/** The instrument that Tardis' words stand for; undefined when its market is not known. */
export function tardisInstrument(exchange: string, symbol: string): InstrumentKey | undefined {
  const known = Object.hasOwn(exchanges, exchange) ? exchanges[exchange] : undefined;
  const marketType = known?.[1](symbol);
  return known === undefined || marketType === undefined
    ? undefined
    : { exchange: known[0], marketType, symbol };
}
