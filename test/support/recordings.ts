import type { BookRow, InstrumentColumns, TradeRow } from "./oracle/rows.js";
import { readRecording } from "./shared-files.js";

/** Rows of a trades file of Binance's archive, with or without a header, in milliseconds; known when they happened. */
export function archiveTrades(path: string, instrument: InstrumentColumns): TradeRow[] {
  return csvRows(readRecording(path))
    .filter(([id = ""]) => /^\d+$/.test(id))
    .map(([id = "", price = "", quantity = "", , time = "", isBuyerMaker = ""]) => ({
      ...instrument,
      timestamp: Number(time),
      trade_seq: Number(id),
      trade_id: id,
      price,
      quantity,
      side: isBuyerMaker.toLowerCase() === "true" ? "sell" : "buy",
      available_at: Number(time),
    }));
}

function csvRows(text: string): string[][] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.trim().split(","));
}

/** Rows of a Tardis `book_snapshot_N` file: levels up to the first empty one, known when the recorder had them. */
export function tardisBooks(path: string, instrument: InstrumentColumns): BookRow[] {
  const [header = [], ...rows] = csvRows(readRecording(path));
  const places = (side: "bids" | "asks", field: "price" | "amount") =>
    header.flatMap((name, place) =>
      name.startsWith(`${side}[`) && name.endsWith(`.${field}`) ? [place] : [],
    );
  const levels = {
    bid_px: places("bids", "price"),
    bid_qty: places("bids", "amount"),
    ask_px: places("asks", "price"),
    ask_qty: places("asks", "amount"),
  };
  return rows.map((row) => {
    const values = (of: readonly number[]) =>
      of.map((place) => row[place] ?? "").filter((value) => value !== "");
    const timestamp = Math.floor(Number(row[header.indexOf("timestamp")]) / 1000);
    const localUs = Number(row[header.indexOf("local_timestamp")]);
    return {
      ...instrument,
      timestamp,
      book_seq: localUs,
      bid_px: values(levels.bid_px),
      bid_qty: values(levels.bid_qty),
      ask_px: values(levels.ask_px),
      ask_qty: values(levels.ask_qty),
      available_at: Math.max(timestamp, Math.ceil(localUs / 1000)),
    };
  });
}
