import type { HiddenPrice } from "./hidden-price.js";
import type { BookColumns } from "./market-chunk.js";
import { bookLevels, type SimulatedInstrument } from "./market-model.js";
import type { Random } from "./random.js";

/** The book follows the hidden price with this delay. */
const followMs = 3_000;
/** How fast the memory of who was trading fades. */
const flowMs = 5_000;

/** One side's sizes wander around their usual depth, so that one snapshot resembles the one before it. */
class Depth {
  readonly #random: Random;
  readonly #usual: number;
  readonly #logs = new Float64Array(bookLevels);

  constructor(random: Random, usualLots: number) {
    this.#random = random;
    this.#usual = usualLots;
  }

  write(sizes: number[], tilt: number): void {
    for (let i = 0; i < bookLevels; i++) {
      const log = 0.92 * (this.#logs[i] ?? 0) + 0.4 * this.#random.normal();
      this.#logs[i] = log;
      const lots = this.#usual * (1 + 0.4 * i) * Math.exp(log + (i === 0 ? tilt : 0));
      sizes.push(Math.max(1, Math.round(lots)));
    }
  }
}

/** The book of one instrument: between two updates it stands still, and all trades happen at its best prices. */
export class SimulatedBook {
  bid = 0;
  ask = 0;
  readonly #random: Random;
  readonly #hidden: HiddenPrice;
  readonly #scale: number;
  readonly #gap: number;
  readonly #medianLots: number;
  readonly #bids: Depth;
  readonly #asks: Depth;
  #mid = 0;
  #timeMs: number;
  #impact = 0;
  #flow = 0;

  constructor(random: Random, hidden: HiddenPrice, instrument: SimulatedInstrument, startMs: number) {
    this.#random = random;
    this.#hidden = hidden;
    this.#scale = 10 ** instrument.priceDecimals;
    this.#gap = instrument.levelGap;
    this.#medianLots = instrument.medianSize * 10 ** instrument.sizeDecimals;
    this.#bids = new Depth(random, 25 * this.#medianLots);
    this.#asks = new Depth(random, 25 * this.#medianLots);
    this.#mid = this.target(startMs);
    this.#timeMs = startMs;
  }

  /** The hidden price, in ticks. */
  target(timeMs: number): number {
    return Math.exp(this.#hidden(timeMs)) * this.#scale;
  }

  /** How far the book lags behind the hidden price, in level gaps. */
  lag(timeMs: number): number {
    return (this.target(timeMs) - this.#mid) / this.#gap;
  }

  /** An order of this sign and size moves the next snapshot: the square root law of impact. */
  press(sign: number, lots: number): void {
    const size = lots / this.#medianLots;
    this.#impact += 0.35 * this.#gap * sign * Math.sqrt(size);
    this.#flow += 0.1 * sign * Math.min(size, 4);
  }

  /** Moves to the next snapshot and appends it. */
  update(timeMs: number, localUs: number, out: BookColumns): void {
    const elapsed = timeMs - this.#timeMs;
    this.#timeMs = timeMs;
    this.#mid += this.#impact;
    this.#impact = 0;
    this.#mid += (this.target(timeMs) - this.#mid) * (1 - Math.exp(-elapsed / followMs));
    this.#flow = Math.max(-2, Math.min(2, this.#flow * Math.exp(-elapsed / flowMs)));
    const spread = this.#random.geometric(1.3 + Math.abs(this.#flow) * this.#gap * 0.3);
    this.bid = Math.round(this.#mid - spread / 2);
    this.ask = this.bid + spread;
    out.timeMs.push(timeMs);
    out.localUs.push(localUs);
    let bid = this.bid;
    let ask = this.ask;
    for (let i = 0; i < bookLevels; i++) {
      out.bidPrice.push(bid);
      out.askPrice.push(ask);
      bid -= this.#random.geometric(this.#gap);
      ask += this.#random.geometric(this.#gap);
    }
    this.#bids.write(out.bidSize, this.#flow / 2);
    this.#asks.write(out.askSize, -this.#flow / 2);
  }
}
