import { describe, expect, it } from "vitest";
import { naiveBookState } from "../../support/oracle/features/book-state.js";
import { naiveFetch } from "../../support/oracle/naive-fetch.js";
import { naiveBooks } from "../../support/oracle/naive-streams.js";
import type { BookRow, BucketRow } from "../../support/oracle/rows.js";

const instrument = { exchange: "binance", market_type: "spot", symbol: "BTCUSDT" };

function bucket(bucket_id: number, prev_ts_end: number, start: number, end: number): BucketRow {
  return {
    ...instrument,
    bucket_id,
    bucket_ts_start: start,
    bucket_ts_end: end,
    prev_ts_end,
    available_at: end,
    trades: 1,
    vol: "1",
    vwap: 1,
    cut_trigger: "volume",
    size: "1",
  };
}

/** A snapshot of one level a side. */
function book(timestamp: number, bid: number, ask: number, available_at = timestamp): BookRow {
  const side = (price: number) => ({ px: price > 0 ? [String(price)] : [], qty: price > 0 ? ["1"] : [] });
  const [bids, asks] = [side(bid), side(ask)];
  return {
    ...instrument,
    timestamp,
    book_seq: timestamp,
    bid_px: bids.px,
    bid_qty: bids.qty,
    ask_px: asks.px,
    ask_qty: asks.qty,
    available_at,
  };
}

describe("naive books of a bucket", () => {
  const buckets = [bucket(1, 1000, 1000, 1100), bucket(2, 1100, 1300, 1400)];
  const [first, second] = buckets as [BucketRow, BucketRow];

  it("holds the half-open interval and the last snapshot before it", () => {
    const books = [900, 999, 1000, 1099, 1100, 1399, 1400].map((timestamp) => book(timestamp, 10, 11));
    const seen = (of: BucketRow) =>
      naiveBooks(of, buckets, books, 120_000).map((row) => [row.timestamp, row.carry]);
    expect(seen(first)).toEqual([
      [999, 1],
      [1000, 0],
      [1099, 0],
    ]);
    expect(seen(second)).toEqual([
      [1099, 1],
      [1100, 0],
      [1399, 0],
    ]);
  });

  it("carries what was in time for its own bucket only, and not from beyond the gap", () => {
    const books = [book(1050, 10, 11), book(1099, 12, 13, 1101), book(1390, 14, 15, 1401)];
    const seen = (gap: number) => naiveBooks(second, buckets, books, gap).map((row) => row.timestamp);
    expect(seen(50)).toEqual([1050]);
    expect(seen(49)).toEqual([]);
  });
});

describe("naive book_state", () => {
  const only = bucket(2, 1100, 1300, 1400);
  const state = (...books: BookRow[]) =>
    naiveBookState(only, naiveBooks(only, [bucket(1, 1000, 1000, 1100), only], books, 120_000));

  it("has the mid of the last snapshot, and beside it the last valid one with its age", () => {
    expect(
      state(book(1090, 10, 12), book(1200, 10, 14), book(1350, 20, 22), book(1380, 30, 30)),
    ).toMatchObject({
      mid: null,
      mid_start: 12,
      last_valid_mid: 21,
      mid_age_ms: 50,
      spread_bps: null,
      weighted_mid: null,
    });
  });

  it("is NULL throughout without a snapshot, or with one side", () => {
    const nothing = {
      mid: null,
      mid_start: null,
      last_valid_mid: null,
      mid_age_ms: null,
      top_imbalance: null,
    };
    expect(state()).toMatchObject(nothing);
    expect(state(book(1350, 10, 0))).toMatchObject(nothing);
  });

  it("weighs each price by the other side's size", () => {
    const row = { ...book(1350, 100, 100.1), bid_qty: ["2"], ask_qty: ["1"] };
    const shape = state(row);
    expect(shape.top_imbalance).toBeCloseTo(1 / 3, 12);
    expect(shape.weighted_mid).toBeCloseTo(100.06666666666666, 9);
    expect(shape.spread_bps).toBeCloseTo(9.995002498750056, 9);
  });
});

describe("naive point-in-time fetch", () => {
  const row = (bucket_id: number, available_at: number) => ({ ...instrument, bucket_id, available_at });
  const rows = [row(1, 100), row(3, 200), row(2, 200), row(4, 300)];
  const at = (ts: number) => naiveFetch({ ...instrument, ts }, rows, 50)?.row.bucket_id ?? null;

  it("takes the last known row, the highest id on ties, up to max_age and no further", () => {
    expect([99, 100, 199, 200, 250, 251, 299, 300].map(at)).toEqual([null, 1, null, 3, 3, null, null, 4]);
  });
});
