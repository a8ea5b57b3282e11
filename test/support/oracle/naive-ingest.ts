import { type NaiveBucket, type NaiveClock, naiveBuckets } from "./naive-cutter.js";
import {
  type BookRow,
  byInstrument,
  inBookOrder,
  instrumentKey,
  inTradeOrder,
  type StoredTrade,
  type TradeRow,
} from "./rows.js";

export interface NaiveIngest {
  /** raw.trades in (instrument, timestamp, trade_seq) order; of two rows with one id the first stored. */
  readonly trades: readonly StoredTrade[];
  readonly late: readonly StoredTrade[];
  readonly buckets: readonly NaiveBucket[];
  /** Rows that were stored already, or come twice in one command. */
  readonly duplicates: number;
}

/**
 * What a series of ingest commands stores. A command is all rows of its files in the order of the files and lines: they are
 * merged per instrument, the watermark is then the last trade's timestamp + 1 ms, and a later command's trade below it is
 * late. `clocks` holds a clock for each instrument that is cut; of the others nothing is consumed, so nothing is late.
 */
export function naiveIngest(
  commands: readonly (readonly TradeRow[])[],
  clocks: Readonly<Record<string, NaiveClock>>,
): NaiveIngest {
  const stored = new Map<string, StoredTrade>();
  const watermarks = new Map<string, number>();
  let duplicates = 0;
  for (const command of commands) {
    const fresh: StoredTrade[] = [];
    for (const trade of command) {
      const instrument = instrumentKey(trade);
      const id = `${instrument} ${trade.trade_id}`;
      if (stored.has(id)) {
        duplicates += 1;
        continue;
      }
      const late = trade.timestamp < (watermarks.get(instrument) ?? Number.NEGATIVE_INFINITY) ? 1 : 0;
      stored.set(id, { ...trade, late });
      fresh.push({ ...trade, late });
    }
    for (const trade of fresh) {
      const instrument = instrumentKey(trade);
      if (clocks[instrument] === undefined) continue;
      const before = watermarks.get(instrument) ?? Number.NEGATIVE_INFINITY;
      watermarks.set(instrument, Math.max(before, trade.timestamp + 1));
    }
  }

  const trades: StoredTrade[] = [];
  const buckets: NaiveBucket[] = [];
  for (const [instrument, rows] of [...byInstrument([...stored.values()])].sort(([a], [b]) =>
    a < b ? -1 : 1,
  )) {
    const lateIds = new Set(rows.filter((trade) => trade.late === 1).map((trade) => trade.trade_id));
    const ordered = inTradeOrder(rows);
    trades.push(
      ...ordered.map((trade): StoredTrade => ({ ...trade, late: lateIds.has(trade.trade_id) ? 1 : 0 })),
    );
    const clock = clocks[instrument];
    if (clock === undefined) continue;
    const inTime = ordered.filter((trade) => !lateIds.has(trade.trade_id));
    buckets.push(...naiveBuckets(inTime, clock, watermarks.get(instrument) ?? Number.NEGATIVE_INFINITY));
  }
  return { trades, late: trades.filter((trade) => trade.late === 1), buckets, duplicates };
}

/** raw.orderbooks after any series of commands: identical snapshots are one. */
export function naiveBookTable(books: readonly BookRow[]): BookRow[] {
  const stored = new Map<string, BookRow>();
  for (const book of books) {
    const key = `${instrumentKey(book)} ${book.timestamp} ${book.book_seq}`;
    if (!stored.has(key)) stored.set(key, book);
  }
  return [...byInstrument([...stored.values()])]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, rows]) => inBookOrder(rows));
}
