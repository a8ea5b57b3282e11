import type { StreamBook } from "../naive-streams.js";
import type { BucketRow, TradeRow } from "../rows.js";
import { midOf } from "./book-state.js";

type Numbers = Readonly<Record<string, number | null>>;
const maxAgeMs = 60_000;

/**
 * @param trades the bucket's trades, in order
 * @param books the bucket's snapshots, in order, the carried one first
 */
export function naiveSpreads(trades: readonly TradeRow[], books: readonly StreamBook[]): Numbers {
  const valid = trades.flatMap((trade) => {
    const quote = books.findLast((book) => book.timestamp < trade.timestamp);
    const mid = midOf(quote);
    if (quote === undefined || mid === null || trade.timestamp - quote.timestamp > maxAgeMs) return [];
    const [price, quantity] = [Number(trade.price), Number(trade.quantity)];
    const [bid, ask] = [Number(quote.bid_px[0]), Number(quote.ask_px[0])];
    const side = trade.side === "buy" ? 1 : -1;
    return [
      {
        quantity,
        notional: price * quantity,
        mid,
        effective: 2 * side * (price - mid),
        quoted: ask - bid,
        improvement: side > 0 ? ask - price : price - bid,
        age: trade.timestamp - quote.timestamp,
      },
    ];
  });
  const sum = (of: (row: (typeof valid)[number]) => number): number =>
    valid.reduce((total, row) => total + of(row), 0);
  const over = (a: number, b: number): number | null => (valid.length === 0 || b === 0 ? null : a / b);
  const quantity = sum((row) => row.quantity);
  const bps = ({ effective, mid }: (typeof valid)[number]): number => (effective / mid) * 1e4;
  return {
    valid_trades: valid.length,
    invalid_trades: trades.length - valid.length,
    valid_quantity: valid.length === 0 ? null : quantity,
    matched_mid: over(
      sum((row) => row.quantity * row.mid),
      quantity,
    ),
    effective_spread: over(
      sum((row) => row.quantity * row.effective),
      quantity,
    ),
    effective_spread_bps: over(
      sum((row) => row.notional * bps(row)),
      sum((row) => row.notional),
    ),
    effective_spread_bps_simple: over(sum(bps), valid.length),
    quoted_at_trades: over(
      sum((row) => row.quantity * row.quoted),
      quantity,
    ),
    spread_ratio: over(
      sum((row) => row.quantity * row.effective),
      sum((row) => row.quantity * row.quoted),
    ),
    price_improvement: over(
      sum((row) => row.quantity * row.improvement),
      quantity,
    ),
    quote_age_ms: over(
      sum((row) => row.age),
      valid.length,
    ),
  };
}

/** @param books the bucket's snapshots, in order, the carried one first */
export function naiveQuotedSpread(bucket: BucketRow, books: readonly StreamBook[]): Numbers {
  let [time, weighted] = [0, 0];
  books.forEach((book, index) => {
    const mid = midOf(book);
    const from = Math.max(book.timestamp, bucket.bucket_ts_start);
    const to = Math.min(books[index + 1]?.timestamp ?? bucket.bucket_ts_end, bucket.bucket_ts_end);
    if (mid === null || to <= from) return;
    time += to - from;
    weighted += ((to - from) * (Number(book.ask_px[0]) - Number(book.bid_px[0]))) / mid;
  });
  return { quoted_valid_ms: time, quoted_spread_bps: time === 0 ? null : (weighted / time) * 1e4 };
}
