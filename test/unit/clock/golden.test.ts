import { describe, expect, it } from "vitest";
import { type ClosedBucket, initialState } from "../../../src/clock/bucket.js";
import { createCutter } from "../../../src/clock/cutter.js";
import { formatLots } from "../../../src/clock/decimal.js";
import { type NaiveClock, naiveBuckets } from "../../support/oracle/naive-cutter.js";
import type { TradeRow } from "../../support/oracle/rows.js";
import { isSharedFileMissing, readGolden } from "../../support/shared-files.js";
import { cutterParams, tradeBatch } from "../../support/trade-batches.js";

interface GoldenTrade {
  readonly trade_id: number;
  readonly ts: number;
  readonly price: string;
  readonly qty: string;
  readonly side: "buy" | "sell";
}

interface GoldenBucket {
  readonly id: number;
  readonly start: number;
  readonly end: number;
  readonly prev_end: number;
  readonly n: number;
  readonly volume: string;
  readonly trigger: string;
  readonly trade_ids: readonly number[];
}

interface Golden {
  readonly inputs: Readonly<Record<string, readonly GoldenTrade[]>>;
  readonly params: Readonly<
    Record<string, { mode: "volume" | "count"; size: string | number; t_max_ms: number; now: number }>
  >;
  readonly expected: Readonly<Record<string, readonly GoldenBucket[]>>;
}

describe.skipIf(isSharedFileMissing("golden/buckets_hybrid.json"))("golden case buckets_hybrid", () => {
  it.each(["volume_with_time_cap", "count_with_time_cap"])("%s", (name) => {
    const golden = readGolden<Golden>("buckets_hybrid");
    const params = golden.params[name];
    const expected = golden.expected[name]?.map(({ trade_ids: _, ...bucket }) => bucket);
    if (params === undefined || expected === undefined) throw new Error(`no case ${name}`);
    const clock: NaiveClock = {
      mode: params.mode,
      size: String(params.size),
      maxMs: params.t_max_ms,
      maxTrades: 100_000,
      bookGapMs: 1_000_000,
    };
    const trades = (golden.inputs[name] ?? []).map(tradeRow);

    const cut: ClosedBucket[] = [];
    const cutter = createCutter(cutterParams(clock), initialState);
    cutter.consume(tradeBatch(trades), (bucket) => cut.push(bucket));
    cutter.advance(params.now, (bucket) => cut.push(bucket));
    expect(cut.map(goldenForm)).toEqual(expected.map(withPlainVolume));

    const naive = naiveBuckets(trades, clock, params.now);
    expect(naive.map((bucket) => bucket.members.map((trade) => trade.trade_seq))).toEqual(
      golden.expected[name]?.map((bucket) => bucket.trade_ids),
    );
  });
});

function tradeRow(trade: GoldenTrade): TradeRow {
  return {
    exchange: "binance",
    market_type: "spot",
    symbol: "BTCUSDT",
    timestamp: trade.ts,
    trade_seq: trade.trade_id,
    trade_id: String(trade.trade_id),
    price: trade.price,
    quantity: trade.qty,
    side: trade.side,
    available_at: trade.ts,
  };
}

function goldenForm(bucket: ClosedBucket): Omit<GoldenBucket, "trade_ids"> {
  return {
    id: bucket.id,
    start: bucket.start,
    end: bucket.end,
    prev_end: bucket.prevEnd,
    n: bucket.trades,
    volume: formatLots(bucket.lots),
    trigger: bucket.trigger,
  };
}

function withPlainVolume(bucket: Omit<GoldenBucket, "trade_ids">): Omit<GoldenBucket, "trade_ids"> {
  return { ...bucket, volume: String(Number(bucket.volume)) };
}
