/** Random markets that change their manner every forty steps, so that every rule about what is undefined is met. */
import { type LongMarket, longMarket } from "./long-market.js";
import type { Step } from "./market-steps.js";
import { marketInstruments } from "./market-steps.js";
import type { BookRow, InstrumentColumns } from "./oracle/rows.js";

type Regime = (step: Step, place: number) => Step;

const stretch = 40;

const regimes: readonly Regime[] = [
  (step) => step,
  // Nothing moves: no variance of prices, volumes or books.
  (step) => ({ ...step, ticks: 0, quantity: "1", side: "buy", book: "normal" }),
  (step) => ({ ...step, side: "sell" }),
  // Buys are followed by equal sells: no signed volume.
  (step, place) => ({
    ...step,
    what: "trade",
    who: "both",
    quantity: "2",
    side: place % 2 === 0 ? "buy" : "sell",
    gapUs: 900,
  }),
  (step) => ({ ...step, what: "trade" }),
  (step) => ({ ...step, book: step.book === "normal" ? "crossed" : step.book }),
  // Buckets of one trade, closed by time.
  (step) => ({ ...step, gapUs: step.gapUs * 10 + 4_000_000 }),
  (step) => ({ ...step, gapUs: step.gapUs % 700 }),
  // Longer than books are carried, and than windows of time reach.
  (step, place) => ({ ...step, gapUs: place === 0 ? 500_000_000 : step.gapUs }),
  // Volatile, with every jump of the market in it.
  (step) => ({ ...step, ticks: step.ticks * 10, book: "normal" }),
];

/** Pairs of instruments of the stock project; a pair shares its steps. Of the last one each has a market of its own. */
const pairs: readonly (readonly [InstrumentColumns, InstrumentColumns])[] = [
  marketInstruments,
  [
    { exchange: "binance", market_type: "linear", symbol: "BTCUSDT" },
    { exchange: "binance", market_type: "spot", symbol: "ETHUSDT" },
  ],
  [
    { exchange: "binance", market_type: "linear", symbol: "SOLUSDT" },
    { exchange: "coinbase", market_type: "spot", symbol: "BTC-USD" },
  ],
];

/** Of the same best prices, with sizes that differ from snapshot to snapshot, and up to 27 levels where it had three. */
function deeper(book: BookRow): BookRow {
  const seed = book.timestamp % 5;
  const levels = (prices: readonly string[], direction: 1 | -1): string[] => {
    if (prices.length < 3) return [...prices];
    const more = Array.from(
      { length: seed * 6 },
      (_, level) => Number(prices[2]) + direction * (level + 1) * 0.07,
    );
    return [...prices, ...more.map((price) => price.toFixed(2))];
  };
  const sizes = (prices: readonly string[], factor: number): string[] =>
    prices.map((_, level) => String((1 + ((book.timestamp * factor + level * 11) % 9)) / 4));
  const [bid_px, ask_px] = [levels(book.bid_px, -1), levels(book.ask_px, 1)];
  return { ...book, bid_px, bid_qty: sizes(bid_px, 7), ask_px, ask_qty: sizes(ask_px, 5) };
}

/** For hours about one trade a minute, and some minutes without: what counts minutes, or hundreds of buckets. */
const slowly: Regime = (step) => ({
  ...step,
  who: "second",
  gapUs: 55_000_000 + ((step.gapUs * 37) % 90_000_000),
  book: "normal",
});

/** Six instruments; what trades at once, is closed together. */
export function regimeMarket(steps: number, seed: number): LongMarket {
  const parts = pairs.map((pair, place) => {
    const shift = (seed + place) % regimes.length;
    const { trades, books } = longMarket(steps, seed + place, (step, index) => {
      // Each seed goes through the regimes from another one on, the first of them between all others.
      if (place === pairs.length - 1 && step.who !== "first") return slowly(step, index);
      const nth = Math.floor(index / stretch);
      const regime = nth % 2 === 0 ? 0 : (Math.floor(nth / 2) + shift) % regimes.length;
      return regimes[regime]?.(step, index % stretch) ?? step;
    });
    const renamed = <Row extends InstrumentColumns>(row: Row): Row => {
      const own = row.symbol === marketInstruments[0].symbol ? pair[0] : pair[1];
      return { ...row, ...own };
    };
    return { trades: trades.map(renamed), books: books.map(renamed) };
  });
  return {
    // Quantities of 1e10 would leave nothing of the small ones in a float.
    trades: parts.flatMap(({ trades }) =>
      trades.map((trade) => (trade.quantity.length > 12 ? { ...trade, quantity: "3" } : trade)),
    ),
    books: parts.flatMap(({ books }) => books.map(deeper)),
  };
}
