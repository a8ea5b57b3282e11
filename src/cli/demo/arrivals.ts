import type { Regime } from "./market-model.js";
import type { Random } from "./random.js";

/** Share of orders that are answers to other orders, and how fast the excitement fades, per second. */
const branching = 0.75;
const fading = 1.5;

/**
 * Arrival times of orders: a Hawkes process with an exponential kernel (A. G. Hawkes, Biometrika 58, 1971), drawn by
 * thinning (Y. Ogata, IEEE Transactions on Information Theory 27, 1981). Its base rate follows the regimes.
 */
export class Arrivals {
  readonly #random: Random;
  readonly #regimes: readonly Regime[];
  readonly #baseRate: number;
  #regime = 0;
  #time: number;
  #excitement = 0;

  /** `rate`: orders a second, averaged over the regimes. Times are in milliseconds, with fractions. */
  constructor(random: Random, regimes: readonly Regime[], rate: number) {
    const total = regimes.reduce((sum, { fromMs, toMs }) => sum + (toMs - fromMs), 0);
    const weighted = regimes.reduce(
      (sum, { fromMs, toMs, intensity }) => sum + (toMs - fromMs) * intensity,
      0,
    );
    this.#random = random;
    this.#regimes = regimes;
    this.#baseRate = (rate * (1 - branching) * total) / weighted;
    this.#time = regimes[0]?.fromMs ?? 0;
  }

  /** Time of the next order; undefined after the last regime. */
  next(): number | undefined {
    for (;;) {
      const regime = this.#regimes[this.#regime];
      if (regime === undefined) return undefined;
      const base = this.#baseRate * regime.intensity;
      // The rate only falls until the next order, so the present one is the bound that thinning needs.
      const bound = base + this.#excitement;
      const time = this.#time + (this.#random.exponential() / bound) * 1000;
      if (time >= regime.toMs) {
        this.#fade(regime.toMs);
        this.#regime++;
        continue;
      }
      this.#fade(time);
      if (this.#random.uniform() * bound > base + this.#excitement) continue;
      this.#excitement += branching * fading;
      return time;
    }
  }

  #fade(until: number): void {
    this.#excitement *= Math.exp((-fading * (until - this.#time)) / 1000);
    this.#time = until;
  }
}
