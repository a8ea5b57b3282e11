import type { BookColumns, Ticker } from "./market-chunk.js";
import { bookLevels, type SimulatedInstrument } from "./market-model.js";

/** What Tardis calls the venue: its futures are an exchange of their own. */
export function tardisExchange({ exchange, marketType }: SimulatedInstrument): string {
  return marketType === "spot" ? exchange : `${exchange}-futures`;
}

const levels = Array.from({ length: bookLevels }, (_, i) => i);

export const tardisBookHeader = `exchange,symbol,timestamp,local_timestamp,${levels
  .map((i) => `asks[${i}].price,asks[${i}].amount,bids[${i}].price,bids[${i}].amount`)
  .join(",")}\n`;

/** Snapshots as Tardis' `book_snapshot_5` writes them. */
export function tardisBooks(instrument: SimulatedInstrument, books: BookColumns): string {
  const tick = 10 ** instrument.priceDecimals;
  const lot = 10 ** instrument.sizeDecimals;
  const key = `${tardisExchange(instrument)},${instrument.symbol}`;
  let text = "";
  books.timeMs.forEach((timeMs, row) => {
    text += `${key},${timeMs * 1000},${books.localUs[row]}`;
    for (let i = row * bookLevels; i < (row + 1) * bookLevels; i++) {
      text += `,${(books.askPrice[i] ?? 0) / tick},${(books.askSize[i] ?? 0) / lot}`;
      text += `,${(books.bidPrice[i] ?? 0) / tick},${(books.bidSize[i] ?? 0) / lot}`;
    }
    text += "\n";
  });
  return text;
}

export const tardisTickerHeader =
  "exchange,symbol,timestamp,local_timestamp,funding_timestamp,funding_rate,predicted_funding_rate,open_interest," +
  "last_price,index_price,mark_price\n";

/** Rows as Tardis' `derivative_ticker` writes them. */
export function tardisTickers(instrument: SimulatedInstrument, tickers: readonly Ticker[]): string {
  const tick = 10 ** instrument.priceDecimals;
  const lot = 10 ** instrument.sizeDecimals;
  const key = `${tardisExchange(instrument)},${instrument.symbol}`;
  return tickers
    .map(
      (row) =>
        `${key},${row.timeMs * 1000},${row.localUs},${row.fundingTimeMs * 1000},${row.fundingRate.toFixed(8)},,` +
        `${row.openInterest / lot},${row.lastPrice / tick},${(row.indexPrice / tick).toFixed(8)},` +
        `${(row.markPrice / tick).toFixed(8)}\n`,
    )
    .join("");
}
