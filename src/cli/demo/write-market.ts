import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { archiveHeader, archiveTrades } from "./archive-trades.js";
import type { MarketParams, SimulatedInstrument } from "./market-model.js";
import { simulate } from "./simulate.js";
import {
  tardisBookHeader,
  tardisBooks,
  tardisExchange,
  tardisTickerHeader,
  tardisTickers,
} from "./tardis-rows.js";
import { TextFile } from "./text-file.js";

export interface WriteOptions {
  /** False writes plain `.csv` files, for those who measure what compression costs. */
  readonly compress: boolean;
  /** False leaves the books and tickers out. */
  readonly books: boolean;
}

export interface WrittenFile {
  readonly path: string;
  readonly layout: "binance-archive" | "tardis";
  readonly rows: number;
}

/** The place of a file, and the header that it starts with. */
interface Plan {
  readonly layout: WrittenFile["layout"];
  readonly name: string;
  readonly header: string;
}

function plans(instrument: SimulatedInstrument, day: string, compress: boolean) {
  const { marketType, symbol } = instrument;
  const market = marketType === "spot" ? "spot" : "futures-um";
  const venue = tardisExchange(instrument);
  const gz = compress ? ".csv.gz" : ".csv";
  const trades: Plan = {
    layout: "binance-archive",
    name: join("binance-archive", market, `${symbol}-trades-${day}${compress ? ".zip" : ".csv"}`),
    header: archiveHeader(instrument),
  };
  const books: Plan = {
    layout: "tardis",
    name: join("tardis", `${venue}_book_snapshot_5_${day}_${symbol}${gz}`),
    header: tardisBookHeader,
  };
  const tickers: Plan = {
    layout: "tardis",
    name: join("tardis", `${venue}_derivative_ticker_${day}_${symbol}${gz}`),
    header: tardisTickerHeader,
  };
  return { trades, books, tickers };
}

/** The files of one instrument and day that are being written. */
class OpenFiles {
  readonly #folder: string;
  readonly #open = new Map<string, { file: TextFile; layout: WrittenFile["layout"]; rows: number }>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async append({ layout, name, header }: Plan, rows: number, text: string): Promise<void> {
    if (rows === 0) return;
    let entry = this.#open.get(name);
    if (entry === undefined) {
      const path = join(this.#folder, name);
      await mkdir(dirname(path), { recursive: true });
      entry = { file: new TextFile(path), layout, rows: 0 };
      this.#open.set(name, entry);
      await entry.file.write(header);
    }
    entry.rows += rows;
    await entry.file.write(text);
  }

  async finish(): Promise<WrittenFile[]> {
    const entries = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(entries.map(({ file }) => file.end()));
    return entries.map(({ file, layout, rows }) => ({ path: file.path, layout, rows }));
  }
}

/**
 * Simulates a market into a folder: trades in the layout of Binance's archive (one file a market and UTC day), books
 * and tickers in Tardis'. Streams: memory does not grow with the size. Returns the files in the order written.
 */
export async function writeMarket(
  folder: string,
  params: MarketParams,
  options: WriteOptions = { compress: true, books: true },
): Promise<WrittenFile[]> {
  const written: WrittenFile[] = [];
  const files = new OpenFiles(folder);
  let current = "";
  for (const { instrument, fromMs, trades, books, tickers } of simulate(params)) {
    const day = new Date(fromMs).toISOString().slice(0, 10);
    const key = `${instrument.marketType}/${instrument.symbol}/${day}`;
    if (key !== current) written.push(...(await files.finish()));
    current = key;
    const plan = plans(instrument, day, options.compress);
    await files.append(plan.trades, trades.id.length, archiveTrades(instrument, trades));
    if (!options.books) continue;
    await files.append(plan.books, books.timeMs.length, tardisBooks(instrument, books));
    await files.append(plan.tickers, tickers.length, tardisTickers(instrument, tickers));
  }
  return [...written, ...(await files.finish())];
}
