import { gzipSync } from "node:zlib";
import type { MarketCommand } from "./market.js";
import type { RecordedBook, RecordedTrade } from "./market-steps.js";
import { byInstrument, type InstrumentColumns } from "./oracle/rows.js";

export interface MarketFile {
  /** As Tardis names its downloads. Two commands give the same names: each needs a folder of its own. */
  readonly name: string;
  readonly bytes: Buffer;
}

const bookLevels = 5;
const exchanges: Readonly<Record<string, string>> = { spot: "binance", linear: "binance-futures" };
const tradesHeader = ["exchange", "symbol", "timestamp", "local_timestamp", "id", "side", "price", "amount"];
const booksHeader = [
  ...["exchange", "symbol", "timestamp", "local_timestamp"],
  ...Array.from({ length: bookLevels }, (_, level) =>
    ["asks", "bids"].flatMap((side) => [`${side}[${level}].price`, `${side}[${level}].amount`]),
  ).flat(),
];

/** A command's rows as Tardis csv.gz files, one for each instrument. */
export function tardisFiles(command: MarketCommand): MarketFile[] {
  if (command.kind === "trades") {
    return [...byInstrument(command.rows).values()].map((rows) =>
      file("trades", rows, tradesHeader, tradeCells),
    );
  }
  const type = `book_snapshot_${bookLevels}`;
  return [...byInstrument(command.rows).values()].map((rows) => file(type, rows, booksHeader, bookCells));
}

function file<Row extends InstrumentColumns>(
  type: string,
  rows: readonly Row[],
  header: readonly string[],
  cells: (row: Row) => readonly (string | number)[],
): MarketFile {
  const lines = [header, ...rows.map(cells)].map((line) => `${line.join(",")}\n`);
  const [exchange, symbol] = rows[0] === undefined ? [] : venueOf(rows[0]);
  return { name: `${exchange}_${type}_2024-08-08_${symbol}.csv.gz`, bytes: gzipSync(lines.join("")) };
}

function tradeCells(row: RecordedTrade): (string | number)[] {
  return [...venueOf(row), row.timestamp_us, row.local_us, row.trade_id, row.side, row.price, row.quantity];
}

function bookCells(row: RecordedBook): (string | number)[] {
  const levels = Array.from({ length: bookLevels }, (_, level) => [
    row.ask_px[level] ?? "",
    row.ask_qty[level] ?? "",
    row.bid_px[level] ?? "",
    row.bid_qty[level] ?? "",
  ]);
  return [...venueOf(row), row.timestamp_us, row.local_us, ...levels.flat()];
}

function venueOf(instrument: InstrumentColumns): [string, string] {
  return [exchanges[instrument.market_type] ?? instrument.exchange, instrument.symbol];
}
