import { basename, dirname } from "node:path";
import type { MarketType } from "../../spec/model.js";

export interface ArchiveName {
  readonly kind: "trade" | "agg" | undefined;
  readonly symbol: string | undefined;
  readonly market: MarketType | undefined;
}

const folders: Readonly<Record<string, MarketType>> = {
  spot: "spot",
  "futures-um": "linear",
  um: "linear",
  linear: "linear",
  "futures-cm": "inverse",
  cm: "inverse",
  inverse: "inverse",
};

/**
 * What a path in the layout of Binance's archive tells: `…/spot/…/BTCUSDT-trades-2024-08-08.zip`. The nearest folder that names a
 * market counts. Of the symbols only coin-margined contracts (BTCUSD_PERP, BTCUSD_240927) name a market themselves.
 */
export function readArchiveName(path: string): ArchiveName {
  const [, symbol, word] = /^([A-Z0-9_]+)-(trades|aggTrades)(?:-|\.|$)/.exec(basename(path)) ?? [];
  const kind = word === undefined ? undefined : word === "trades" ? "trade" : "agg";
  return { kind, symbol, market: marketOfFolders(path) ?? marketOfSymbol(symbol ?? "") };
}

function marketOfFolders(path: string): MarketType | undefined {
  const names = dirname(path).split(/[/\\]/).reverse();
  const found = names.find((name) => Object.hasOwn(folders, name));
  return found === undefined ? undefined : folders[found];
}

function marketOfSymbol(symbol: string): MarketType | undefined {
  return /USD_(PERP|\d{6})$/.test(symbol) ? "inverse" : undefined;
}
