import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { marketArbitrary } from "../../support/market.js";
import { naiveBookTable, naiveIngest } from "../../support/oracle/naive-ingest.js";
import { naiveBooks, naiveTrades } from "../../support/oracle/naive-streams.js";
import { Rational } from "../../support/oracle/rational.js";

const markets = fc.sample(marketArbitrary({ maxSteps: 120 }), { numRuns: 200, seed: 7 }).map((market) => {
  const tradeCommands = market.commands.flatMap((command) =>
    command.kind === "trades" ? [command.rows] : [],
  );
  const books = naiveBookTable(
    market.commands.flatMap((command) => (command.kind === "books" ? command.rows : [])),
  );
  return { market, tradeCommands, books, ingest: naiveIngest(tradeCommands, market.clocks) };
});

describe("random markets", () => {
  const share = (holds: (one: (typeof markets)[number]) => boolean) =>
    markets.filter(holds).length / markets.length;

  it.each<[string, (one: (typeof markets)[number]) => boolean]>([
    ["late trades", ({ ingest }) => ingest.late.length > 0],
    ["duplicates", ({ ingest }) => ingest.duplicates > 0],
    ["several commands", ({ tradeCommands }) => tradeCommands.length > 1],
    [
      "books before and after their trades",
      ({ market }) => new Set(market.commands.map(({ kind }) => kind)).size > 1,
    ],
    [
      "several trades in a millisecond",
      ({ ingest }) => hasTies(ingest.trades.map((trade) => trade.timestamp)),
    ],
    ["several snapshots in a millisecond", ({ books }) => hasTies(books.map((book) => book.timestamp))],
    ["closes by size", ({ ingest }) => ingest.buckets.some((bucket) => bucket.cut_trigger === "volume")],
    ["closes by time", ({ ingest }) => ingest.buckets.some((bucket) => bucket.cut_trigger === "time")],
    ["closes by count", ({ ingest }) => ingest.buckets.some((bucket) => bucket.cut_trigger === "count")],
    [
      "closes by max_trades",
      ({ ingest }) => ingest.buckets.some((bucket) => bucket.cut_trigger === "max_trades"),
    ],
    ["both instruments closing at once", ({ ingest }) => closesTogether(ingest.buckets)],
    [
      "buckets known after their end",
      ({ ingest }) => ingest.buckets.some((one) => one.available_at > one.bucket_ts_end),
    ],
    ["snapshots too late for their bucket", (one) => countTooLate(one) > 0],
    ["carried snapshots", (one) => streamsOf(one).some((books) => books.some((book) => book.carry === 1))],
    ["empty sides", ({ books }) => books.some((book) => book.bid_px.length === 0)],
  ])("hold %s", (_, holds) => {
    expect(share(holds)).toBeGreaterThan(0.1);
  });

  it("keep the invariant: a bucket's stream has its trades and its volume", () => {
    for (const { ingest } of markets) {
      for (const bucket of ingest.buckets) {
        const stream = naiveTrades(bucket, ingest.trades);
        expect(stream.length).toBe(bucket.trades);
        expect(Rational.sum(stream.map((trade) => Rational.parse(trade.quantity))).toDecimal()).toBe(
          bucket.vol,
        );
      }
    }
  });
});

type Played = (typeof markets)[number];

function hasTies(timestamps: readonly number[]): boolean {
  return new Set(timestamps).size < timestamps.length;
}

function closesTogether(buckets: Played["ingest"]["buckets"]): boolean {
  const ends = new Map<number, Set<string>>();
  for (const bucket of buckets) {
    ends.set(bucket.bucket_ts_end, (ends.get(bucket.bucket_ts_end) ?? new Set()).add(bucket.symbol));
  }
  return [...ends.values()].some((symbols) => symbols.size > 1);
}

function streamsOf({ market, ingest, books }: Played) {
  const gap = Object.values(market.clocks)[0]?.bookGapMs ?? 0;
  return ingest.buckets.map((bucket) => naiveBooks(bucket, ingest.buckets, books, gap));
}

function countTooLate({ ingest, books }: Played): number {
  return ingest.buckets.flatMap((bucket) =>
    books.filter(
      (book) =>
        book.symbol === bucket.symbol &&
        book.timestamp >= bucket.prev_ts_end &&
        book.timestamp < bucket.bucket_ts_end &&
        book.available_at > bucket.available_at,
    ),
  ).length;
}
