/** What is known of a bucket only some time after it: realised spreads, and the return that follows. */
import type { StreamBook } from "../naive-streams.js";
import type { BucketRow, TradeRow } from "../rows.js";
import { midOf } from "./book-state.js";

type Numbers = Readonly<Record<string, number | null>>;
const maxAgeMs = 60_000;
const horizons = [1, 5, 30] as const;

/**
 * @param trades the bucket's trades, in order
 * @param books the bucket's snapshots and those of the time after it, in order
 */
export function naiveRealisedSpreads(trades: readonly TradeRow[], books: readonly StreamBook[]): Numbers {
  return Object.assign({}, ...horizons.map((seconds) => ofHorizon(trades, books, seconds)));
}

function ofHorizon(trades: readonly TradeRow[], books: readonly StreamBook[], seconds: number): Numbers {
  const known = trades.flatMap((trade) => {
    const before = books.findLast((book) => book.timestamp < trade.timestamp);
    const mid = midIfFresh(before, trade.timestamp);
    const moment = trade.timestamp + seconds * 1000;
    const later = midIfFresh(
      books.findLast((book) => book.timestamp <= moment),
      moment,
    );
    if (mid === null || later === null) return [];
    const [price, quantity] = [Number(trade.price), Number(trade.quantity)];
    const side = trade.side === "buy" ? 1 : -1;
    return [
      {
        quantity,
        notional: price * quantity,
        mid,
        realised: 2 * side * (price - later),
        impact: 2 * side * (later - mid),
      },
    ];
  });
  type Known = (typeof known)[number];
  const sum = (of: (row: Known) => number): number => known.reduce((total, row) => total + of(row), 0);
  const mean = (of: (row: Known) => number, weight: (row: Known) => number): number | null => {
    const weights = sum(weight);
    return known.length === 0 || weights === 0 ? null : sum((row) => weight(row) * of(row)) / weights;
  };
  const quantity = (row: Known): number => row.quantity;
  const notional = (row: Known): number => row.notional;
  return {
    [`outcome_trades_${seconds}`]: known.length,
    [`outcome_quantity_${seconds}`]: known.length === 0 ? null : sum(quantity),
    [`realised_spread_${seconds}`]: mean((row) => row.realised, quantity),
    [`realised_spread_bps_${seconds}`]: mean((row) => (row.realised / row.mid) * 1e4, notional),
    [`price_impact_${seconds}`]: mean((row) => row.impact, quantity),
    [`price_impact_bps_${seconds}`]: mean((row) => (row.impact / row.mid) * 1e4, notional),
  };
}

/** @param books the bucket's snapshots and those of the time after it, in order */
export function naiveForwardReturn(bucket: BucketRow, books: readonly StreamBook[]): Numbers {
  const before = (moment: number): number | null =>
    midIfFresh(
      books.findLast((book) => book.timestamp < moment),
      moment,
    );
  const [now, later] = [before(bucket.bucket_ts_end), before(bucket.bucket_ts_end + 60_000)];
  return {
    mid_at_end: now,
    mid_60: later,
    forward_return_60: now === null || later === null ? null : Math.log(later / now),
  };
}

function midIfFresh(book: StreamBook | undefined, moment: number): number | null {
  return book === undefined || moment - book.timestamp > maxAgeMs ? null : midOf(book);
}
