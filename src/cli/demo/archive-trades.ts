import type { TradeColumns } from "./market-chunk.js";
import type { SimulatedInstrument } from "./market-model.js";

const archiveDecimals = 8;

/** Integer counts of 10^-decimals as decimal text, filled up with zeros to `shown` decimals. */
function fixedText(decimals: number, shown: number): (units: number) => string {
  const zeros = "0".repeat(shown - decimals);
  return (units) => {
    const digits = String(units).padStart(decimals + 1, "0");
    return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}${zeros}`;
  };
}

/** The archive's header: its spot files have none. */
export function archiveHeader(instrument: SimulatedInstrument): string {
  return instrument.marketType === "spot" ? "" : "id,price,qty,quote_qty,time,is_buyer_maker\n";
}

/** Trades as Binance's public archive writes them. The archive's last flag of spot rows is always true. */
export function archiveTrades(instrument: SimulatedInstrument, trades: TradeColumns): string {
  const { priceDecimals, sizeDecimals, marketType } = instrument;
  const spot = marketType === "spot";
  const priceText = fixedText(priceDecimals, spot ? archiveDecimals : Math.max(2, priceDecimals));
  const sizeText = fixedText(sizeDecimals, spot ? archiveDecimals : sizeDecimals);
  const quoteText = fixedText(priceDecimals + sizeDecimals, archiveDecimals);
  const last = spot ? ",true\n" : "\n";
  let text = "";
  for (let i = 0; i < trades.id.length; i++) {
    const price = trades.price[i] ?? 0;
    const size = trades.size[i] ?? 0;
    const buyerIsMaker = (trades.side[i] ?? 0) < 0;
    text +=
      `${trades.id[i]},${priceText(price)},${sizeText(size)},${quoteText(price * size)},` +
      `${trades.timeMs[i]},${buyerIsMaker}${last}`;
  }
  return text;
}
