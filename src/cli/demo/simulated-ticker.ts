import type { MarketChunk, Ticker } from "./market-chunk.js";
import type { SimulatedInstrument } from "./market-model.js";
import type { Random } from "./random.js";
import type { SimulatedBook } from "./simulated-book.js";

const everyMs = 1_000;
const fundingEveryMs = 8 * 3_600_000;

/** Funding rate, open interest, index and mark price of a perpetual, once a second. */
export class SimulatedTicker {
  readonly #random: Random;
  readonly #book: SimulatedBook;
  #nextMs: number;
  #localUs = 0;
  #fundingRate = 1e-4;
  #openInterest: number;
  #lastPrice: number;

  constructor(random: Random, book: SimulatedBook, instrument: SimulatedInstrument, startMs: number) {
    this.#random = random;
    this.#book = book;
    this.#nextMs = startMs;
    this.#openInterest = instrument.medianSize * 10 ** instrument.sizeDecimals * 2e6;
    this.#lastPrice = Math.round(book.target(startMs));
  }

  /** Appends the seconds up to a chunk's end. The index is the hidden price: what other venues agree on. */
  until(toMs: number, chunk: MarketChunk & { readonly tickers: Ticker[] }): void {
    const { timeMs, price, side, size } = chunk.trades;
    for (let i = 0; this.#nextMs < toMs; this.#nextMs += everyMs) {
      for (; (timeMs[i] ?? toMs) < this.#nextMs; i++) {
        this.#lastPrice = price[i] ?? this.#lastPrice;
        this.#openInterest += 0.3 * (side[i] ?? 0) * (size[i] ?? 0);
      }
      const index = this.#book.target(this.#nextMs);
      const premium = 0.2 * (this.#lastPrice / index - 1);
      this.#fundingRate =
        0.999 * this.#fundingRate + 0.001 * (1e-4 + 0.1 * premium) + 2e-7 * this.#random.normal();
      this.#localUs = Math.max(
        this.#localUs + 1,
        Math.round(this.#nextMs * 1000 + 30_000 * Math.exp(0.5 * this.#random.normal())),
      );
      chunk.tickers.push({
        timeMs: this.#nextMs,
        localUs: this.#localUs,
        fundingTimeMs: (Math.floor(this.#nextMs / fundingEveryMs) + 1) * fundingEveryMs,
        fundingRate: this.#fundingRate,
        openInterest: Math.round(this.#openInterest),
        lastPrice: this.#lastPrice,
        indexPrice: index,
        markPrice: index * (1 + premium),
      });
    }
  }
}
