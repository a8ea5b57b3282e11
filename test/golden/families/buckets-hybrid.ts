/** The cutter is a state machine in TypeScript, not SQL: the case's trades go through it. */
import { type ClosedBucket, initialState } from "../../../src/clock/bucket.js";
import { createCutter } from "../../../src/clock/cutter.js";
import { formatLots } from "../../../src/clock/decimal.js";
import { cutterParams, tradeBatch } from "../../support/trade-batches.js";
import type { Adapter } from "../adapter.js";

interface Trade {
  readonly trade_id: number;
  readonly ts: number;
  readonly price: string;
  readonly qty: string;
  readonly side: "buy" | "sell";
}

interface Params {
  readonly mode: "volume" | "count";
  readonly size: string | number;
  readonly t_max_ms: number;
  readonly now: number;
}

export const bucketsHybrid: Adapter = async ({ inputs, params }) => {
  const { mode, size, t_max_ms: maxMs, now } = params as Params;
  const byId = new Map((inputs as readonly Trade[]).toReversed().map((trade) => [trade.trade_id, trade]));
  const trades = [...byId.values()].sort((a, b) => a.ts - b.ts || a.trade_id - b.trade_id);
  const clock = { mode, size: String(size), maxMs, maxTrades: 100_000, bookGapMs: Number.MAX_SAFE_INTEGER };
  const cut: ClosedBucket[] = [];
  const cutter = createCutter(cutterParams(clock), initialState);
  const rows = trades.map((trade) => ({
    exchange: "golden",
    market_type: "spot",
    symbol: "CASE",
    timestamp: trade.ts,
    trade_seq: trade.trade_id,
    trade_id: String(trade.trade_id),
    price: trade.price,
    quantity: trade.qty,
    side: trade.side,
    available_at: trade.ts,
  }));
  cutter.consume(tradeBatch(rows), (bucket) => cut.push(bucket));
  cutter.advance(now, (bucket) => cut.push(bucket));
  const actual = cut.map((bucket) => ({
    id: bucket.id,
    start: bucket.start,
    end: bucket.end,
    prev_end: bucket.prevEnd,
    n: bucket.trades,
    volume: formatLots(bucket.lots),
    trigger: bucket.trigger,
    trade_ids: trades.filter(({ ts }) => ts >= bucket.start && ts < bucket.end).map(({ trade_id: id }) => id),
  }));
  return { actual };
};
