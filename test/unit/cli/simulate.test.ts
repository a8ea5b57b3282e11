import { describe, expect, it } from "vitest";
import type { MarketChunk } from "../../../src/cli/demo/market-chunk.js";
import { bookLevels, regimesOf, stockMarket } from "../../../src/cli/demo/market-model.js";
import { simulate } from "../../../src/cli/demo/simulate.js";

const params = { ...stockMarket, hours: 1 };
const chunks = [...simulate(params)];
const regimes = regimesOf(params);

const instruments = params.instruments.map((instrument) => ({
  name: `${instrument.marketType} ${instrument.symbol}`,
  instrument,
  chunks: chunks.filter((chunk) => chunk.instrument === instrument),
}));

const tradesOf = (of: readonly MarketChunk[]) =>
  of.flatMap(({ trades }) =>
    trades.id.map((id, i) => ({
      id,
      timeMs: trades.timeMs[i] ?? Number.NaN,
      price: trades.price[i] ?? Number.NaN,
      size: trades.size[i] ?? Number.NaN,
      side: trades.side[i] ?? Number.NaN,
    })),
  );

const booksOf = (of: readonly MarketChunk[]) =>
  of.flatMap(({ books }) =>
    books.timeMs.map((timeMs, i) => {
      const levels = (column: readonly number[]) => column.slice(i * bookLevels, (i + 1) * bookLevels);
      return {
        timeMs,
        localUs: books.localUs[i] ?? Number.NaN,
        bids: levels(books.bidPrice),
        asks: levels(books.askPrice),
        sizes: [...levels(books.bidSize), ...levels(books.askSize)],
      };
    }),
  );

/** Fails on the first pair of neighbours that the check refuses. */
function everyPair<T>(values: readonly T[], check: (before: T, after: T) => boolean): boolean {
  return values.every((value, i) => i === 0 || check(values[i - 1] as T, value));
}

describe("the simulated market", () => {
  it("is the same for the same seed, and another for another", () => {
    const short = { ...params, hours: 0.1 };
    const first = JSON.stringify([...simulate(short)]);
    expect(JSON.stringify([...simulate(short)])).toBe(first);
    expect(JSON.stringify([...simulate({ ...short, seed: short.seed + 1 })])).not.toBe(first);
  });

  it("keeps an instrument's data when instruments are added", () => {
    const [only] = params.instruments;
    const alone = [...simulate({ ...params, instruments: only === undefined ? [] : [only] })];
    expect(alone).toEqual(instruments[0]?.chunks);
  });

  it("has no chunk that spans two UTC days", () => {
    const overMidnight = { ...params, startMs: Date.UTC(2024, 2, 5, 23, 59, 30), hours: 0.02 };
    const day = (ms: number) => Math.floor(ms / 86_400_000);
    for (const { fromMs, toMs } of simulate(overMidnight)) expect(day(toMs - 1)).toBe(day(fromMs));
  });

  describe.each(instruments)("$name", ({ instrument, chunks: own }) => {
    const trades = tradesOf(own);
    const books = booksOf(own);

    it("has about the asked number of trades, in order", () => {
      const asked = instrument.tradesPerSecond * params.hours * 3600;
      expect(trades.length).toBeGreaterThan(asked * 0.6);
      expect(trades.length).toBeLessThan(asked * 1.6);
      expect(everyPair(trades, (a, b) => a.id < b.id && a.timeMs <= b.timeMs)).toBe(true);
      expect(trades.every(({ price, size }) => Number.isInteger(price) && price > 0 && size >= 1)).toBe(true);
    });

    it("has trades that share a millisecond", () => {
      expect(new Set(trades.map(({ timeMs }) => timeMs)).size).toBeLessThan(trades.length * 0.9);
    });

    it("has clustered sides", () => {
      const mean = trades.reduce((sum, { side }) => sum + side, 0) / trades.length;
      const covariance = (lag: number) =>
        trades.reduce(
          (sum, { side }, i) => sum + (side - mean) * ((trades[i + lag]?.side ?? mean) - mean),
          0,
        );
      expect(Math.abs(mean)).toBeLessThan(0.2);
      expect(covariance(1) / covariance(0)).toBeGreaterThan(0.3);
      expect(covariance(5) / covariance(0)).toBeGreaterThan(0.02);
    });

    it("has self-exciting arrivals: counts vary more than a Poisson process would", () => {
      const [from, to] = [regimes[0]?.fromMs ?? 0, regimes[0]?.toMs ?? 0];
      const counts = new Array<number>(Math.floor((to - from) / 1000)).fill(0);
      // Fills of one order share a millisecond; arrivals are the orders.
      for (const timeMs of new Set(trades.map((trade) => trade.timeMs))) {
        const second = Math.floor((timeMs - from) / 1000);
        if (second >= 0 && second < counts.length) counts[second] = (counts[second] ?? 0) + 1;
      }
      const mean = counts.reduce((sum, n) => sum + n, 0) / counts.length;
      const variance = counts.reduce((sum, n) => sum + (n - mean) ** 2, 0) / counts.length;
      expect(variance / mean).toBeGreaterThan(1.5);
    });

    it("has a burst, a quiet spell and a jump", () => {
      const during = (name: string) => {
        const stretches = regimes.filter((regime) => regime.name === name);
        const count = trades.filter(({ timeMs }) =>
          stretches.some((r) => timeMs >= r.fromMs && timeMs < r.toMs),
        );
        const seconds = stretches.reduce((sum, { fromMs, toMs }) => sum + (toMs - fromMs) / 1000, 0);
        return count.length / seconds;
      };
      expect(during("burst")).toBeGreaterThan(3 * during("normal"));
      expect(during("quiet")).toBeLessThan(0.2 * during("normal"));
      const jump = regimes.find(({ name }) => name === "jump");
      const bidAt = (ms: number) => books.findLast(({ timeMs }) => timeMs <= ms)?.bids[0] ?? Number.NaN;
      const change = bidAt((jump?.toMs ?? 0) + 5_000) / bidAt(jump?.fromMs ?? 0) - 1;
      expect(change).toBeLessThan(-0.006);
    });

    it("has sane books: sorted levels, never crossed, sizes of a lot at least", () => {
      const sane = books.every(
        ({ bids, asks, sizes }) =>
          (bids[0] ?? 0) < (asks[0] ?? 0) &&
          everyPair(bids, (a, b) => a > b) &&
          everyPair(asks, (a, b) => a < b) &&
          bids.length === bookLevels &&
          sizes.every((size) => Number.isInteger(size) && size >= 1),
      );
      expect(sane).toBe(true);
      const [shortest, longest] = params.bookIntervalMs;
      const spaced = (a: number, b: number) => b - a >= shortest && b - a <= longest;
      expect(everyPair(books, (a, b) => spaced(a.timeMs, b.timeMs) && a.localUs < b.localUs)).toBe(true);
      expect(books.every(({ timeMs, localUs }) => localUs > timeMs * 1000)).toBe(true);
    });

    it("trades at the touch of the last snapshot", () => {
      let book = 0;
      for (const { timeMs, price, side } of trades) {
        while ((books[book + 1]?.timeMs ?? Number.POSITIVE_INFINITY) <= timeMs) book++;
        const touch = side > 0 ? books[book]?.asks[0] : books[book]?.bids[0];
        if (price !== touch) expect({ timeMs, price }).toEqual({ timeMs, price: touch });
      }
    });

    it("has tickers for perpetuals only, with the next settlement", () => {
      const tickers = own.flatMap((chunk) => chunk.tickers);
      expect(tickers.length).toBe(instrument.marketType === "spot" ? 0 : params.hours * 3600);
      for (const { timeMs, fundingTimeMs } of tickers) {
        expect(fundingTimeMs % (8 * 3_600_000)).toBe(0);
        expect(fundingTimeMs).toBeGreaterThan(timeMs);
      }
    });
  });
});
