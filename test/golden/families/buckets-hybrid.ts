/** The cutter is a state machine in TypeScript, not SQL: the case's trades go through it. */
import { type ClosedBucket, initialState } from "../../../src/clock/bucket.js";
import { createCutter } from "../../../src/clock/cutter.js";
import { formatLots } from "../../../src/clock/decimal.js";
import { cutterParams, tradeBatch } from "../../support/trade-batches.js";
import type { Adapter } from "../adapter.js";
import { type CaseTrade, tradeRows } from "../case-trades.js";

interface Params {
  readonly mode: "volume" | "count" | "event";
  readonly size: string | number;
  readonly t_max_ms: number;
  readonly now: number;
}

export const bucketsHybrid: Adapter = async ({ inputs, params }) => {
  const { mode, size, t_max_ms: maxMs, now } = params as Params;
  const trades = tradeRows(inputs as readonly CaseTrade[]);
  const clock = { mode, size: String(size), maxMs, maxTrades: 100_000, bookGapMs: Number.MAX_SAFE_INTEGER };
  const cut: ClosedBucket[] = [];
  const cutter = createCutter(cutterParams(clock), initialState);
  cutter.consume(tradeBatch(trades), (bucket) => cut.push(bucket));
  // What a last trade fills is closed at once; the watermark of a case is about time alone.
  cutter.advance(Math.max(now, (trades.at(-1)?.timestamp ?? now) + 1), (bucket) => cut.push(bucket));
  const actual = cut.map((bucket) => ({
    id: bucket.id,
    start: bucket.start,
    end: bucket.end,
    prev_end: bucket.prevEnd,
    n: bucket.trades,
    volume: formatLots(bucket.lots),
    trigger: bucket.trigger,
    trade_ids: trades
      .filter(({ timestamp }) => timestamp >= bucket.start && timestamp < bucket.end)
      .map(({ trade_seq: id }) => id),
  }));
  return { actual };
};
