import { describe, expect, it } from "vitest";
import { type ClosedBucket, initialState } from "../../../src/clock/bucket.js";
import { createCutter } from "../../../src/clock/cutter.js";
import { formatLots } from "../../../src/clock/decimal.js";
import type { NaiveClock } from "../../support/oracle/naive-cutter.js";
import { naiveFeatures } from "../../support/oracle/naive-features.js";
import { naiveIngest } from "../../support/oracle/naive-ingest.js";
import { naiveTrades } from "../../support/oracle/naive-streams.js";
import type { InstrumentColumns, TradeRow } from "../../support/oracle/rows.js";
import { archiveTrades, tardisBooks } from "../../support/recordings.js";
import { isSharedFileMissing } from "../../support/shared-files.js";
import { cutterParams, tradeBatch } from "../../support/trade-batches.js";

const spot: InstrumentColumns = { exchange: "binance", market_type: "spot", symbol: "BTCUSDT" };
const linear: InstrumentColumns = { exchange: "binance", market_type: "linear", symbol: "BTCUSDT" };
const clock: NaiveClock = {
  mode: "volume",
  size: "5",
  maxMs: 60_000,
  maxTrades: 100_000,
  bookGapMs: 120_000,
};

describe.skipIf(isSharedFileMissing("data/binance-archive"))("recorded trades, cut by the oracle", () => {
  it("spot over midnight: the known buckets and VPIN", () => {
    const days = spotDays();
    const { buckets, trades, late } = naiveIngest(days, { "binance/spot/BTCUSDT": clock });
    expect([trades.length, late.length, buckets.length]).toEqual([19_904, 0, 74]);
    expect(buckets.at(-1)?.bucket_ts_end).toBe(1723161904128);
    expect(buckets.reduce((sum, bucket) => sum + bucket.trades, 0)).toBe(19_827);

    const { vpin, order_flow } = naiveFeatures(buckets, trades, [], clock.bookGapMs);
    expect(vpin[18]?.vpin_20).toBeNull();
    expect(vpin[19]?.vpin_20).toBeCloseTo(0.481466308, 9);
    expect(vpin[73]?.vpin_20).toBeCloseTo(0.43001023339016575, 12);
    expect(order_flow.map((row) => row.trades)).toEqual(buckets.map((bucket) => bucket.trades));

    for (const bucket of buckets) expect(naiveTrades(bucket, trades)).toEqual(bucket.members.map(inTime));

    const cut: ClosedBucket[] = [];
    const cutter = createCutter(cutterParams(clock), initialState);
    for (const day of days) cutter.consume(tradeBatch(day), (bucket) => cut.push(bucket));
    cutter.advance((trades.at(-1)?.timestamp ?? 0) + 1, (bucket) => cut.push(bucket));
    expect(cut.map((bucket) => [bucket.end, bucket.trades, formatLots(bucket.lots), bucket.trigger])).toEqual(
      buckets.map((bucket) => [bucket.bucket_ts_end, bucket.trades, bucket.vol, bucket.cut_trigger]),
    );
  });

  it("book_state at every bucket's end, from the recorded snapshots", () => {
    const { buckets, trades } = naiveIngest(spotDays(), { "binance/spot/BTCUSDT": clock });
    const books = ["08", "09"].flatMap((day) =>
      tardisBooks(`tardis/binance_book_snapshot_25_2024-08-${day}_BTCUSDT.csv.gz`, spot),
    );
    expect([books.length, books[0]?.bid_px.length]).toEqual([6_493, 20]);

    const { book_state, order_flow } = naiveFeatures(buckets, trades, books, clock.bookGapMs);
    // Books are up to 100 ms old, and one sweep of 16 ms moves the price by 79: near on average, not at every close.
    const distances = book_state.map((state, index) =>
      Math.abs((state.mid ?? Number.NaN) - (order_flow[index]?.close ?? Number.NaN)),
    );
    expect(distances.reduce((sum, distance) => sum + distance, 0) / distances.length).toBeLessThan(10);
    for (const state of book_state) expect(state.mid_age_ms).toBeLessThan(1_000);
  });

  it("futures with size 25", () => {
    const day = archiveTrades("binance-archive/futures-um/BTCUSDT-trades-2024-08-08.zip", linear);
    const { buckets } = naiveIngest([day], { "binance/linear/BTCUSDT": { ...clock, size: "25" } });
    expect([day.length, buckets.length]).toEqual([21_313, 71]);
  });
});

function spotDays(): TradeRow[][] {
  return ["08", "09"].map((day) =>
    archiveTrades(`binance-archive/spot/BTCUSDT-trades-2024-08-${day}.zip`, spot),
  );
}

function inTime<Row>(row: Row): Row & { late: 0 } {
  return { ...row, late: 0 };
}
