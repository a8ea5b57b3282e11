import { Arrivals } from "./arrivals.js";
import { hiddenPrice } from "./hidden-price.js";
import { emptyChunk, type MarketChunk, type TradeColumns } from "./market-chunk.js";
import { type MarketParams, type Regime, regimesOf, type SimulatedInstrument } from "./market-model.js";
import { seededRandom } from "./random.js";
import { SimulatedBook } from "./simulated-book.js";
import { SimulatedTicker } from "./simulated-ticker.js";

const chunkMs = 60_000;
/** Mean number of resting orders that one order takes: its fills share side, price and millisecond. */
const fillsPerOrder = 1.8;
const sizeSpread = 1.2;
const firstTradeIds = { spot: 3_405_000_000, linear: 4_712_000_000 };

/**
 * Market data of simulated instruments, instrument by instrument and minute by minute: self-exciting orders in runs of
 * one side, whose impact moves a book that follows a hidden price; a burst, a quiet spell and a jump (see regimesOf).
 * A pure function of its parameters.
 */
export function* simulate(params: MarketParams): Generator<MarketChunk> {
  const regimes = regimesOf(params);
  for (const instrument of params.instruments) yield* simulateInstrument(params, regimes, instrument);
}

function* simulateInstrument(
  params: MarketParams,
  regimes: readonly Regime[],
  instrument: SimulatedInstrument,
): Generator<MarketChunk> {
  const { seed, startMs, hours, bookIntervalMs } = params;
  const name = `${instrument.exchange}/${instrument.marketType}/${instrument.symbol}`;
  const random = seededRandom(seed, `orders/${name}`);
  const bookRandom = seededRandom(seed, `book/${name}`);
  const hidden = hiddenPrice(params, regimes, instrument.base, instrument.startPrice);
  const book = new SimulatedBook(bookRandom, hidden, instrument, startMs);
  const ticker = new SimulatedTicker(seededRandom(seed, `ticker/${name}`), book, instrument, startMs);
  const orders = new Arrivals(random, regimes, instrument.tradesPerSecond / fillsPerOrder);
  const logMedian = Math.log(instrument.medianSize * 10 ** instrument.sizeDecimals);
  const endMs = startMs + hours * 3_600_000;
  const [shortest, longest] = bookIntervalMs;
  let id = firstTradeIds[instrument.marketType];
  let side = 1;
  let localUs = 0;
  let bookMs = startMs;
  let order = orders.next();

  const trade = (timeMs: number, out: TradeColumns) => {
    const pull = 0.2 * Math.tanh(book.lag(timeMs) / 8);
    side = random.uniform() < 0.5 + 0.26 * side + pull ? 1 : -1;
    const price = side > 0 ? book.ask : book.bid;
    let total = 0;
    for (let fills = random.geometric(fillsPerOrder); fills > 0; fills--) {
      const lots = Math.max(1, Math.round(Math.exp(logMedian + sizeSpread * random.normal())));
      total += lots;
      out.timeMs.push(Math.floor(timeMs));
      out.id.push(id++);
      out.price.push(price);
      out.size.push(lots);
      out.side.push(side);
    }
    book.press(side, total);
  };

  for (let fromMs = startMs; fromMs < endMs; ) {
    const toMs = Math.min((Math.floor(fromMs / chunkMs) + 1) * chunkMs, endMs);
    const chunk = emptyChunk(instrument, fromMs, toMs);
    for (;;) {
      const nextMs = Math.min(bookMs, order ?? Number.POSITIVE_INFINITY);
      if (nextMs >= toMs) break;
      if (bookMs <= nextMs) {
        // The way to the recorder takes a few milliseconds and keeps the order.
        localUs = Math.max(
          localUs + 1,
          Math.round(bookMs * 1000 + 4000 * Math.exp(0.6 * bookRandom.normal())),
        );
        book.update(bookMs, localUs, chunk.books);
        bookMs += shortest + Math.floor(bookRandom.uniform() * (longest - shortest + 1));
      } else if (order !== undefined) {
        trade(order, chunk.trades);
        order = orders.next();
      }
    }
    if (instrument.marketType !== "spot") ticker.until(toMs, chunk);
    yield chunk;
    fromMs = toMs;
  }
}
