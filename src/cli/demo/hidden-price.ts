import type { MarketParams, Regime } from "./market-model.js";
import { seededRandom } from "./random.js";

const stepMs = 1000;
/** Per square root of a second: about half a year's price a year. */
const volatility = 9e-5;

/** Logarithm of the price that all instruments of one base asset follow, as a function of time. */
export type HiddenPrice = (timeMs: number) => number;

/** A random walk in steps of a second whose volatility itself wanders, plus the drift of the regimes. */
export function hiddenPrice(
  { seed, startMs, hours }: MarketParams,
  regimes: readonly Regime[],
  base: string,
  startPrice: number,
): HiddenPrice {
  const random = seededRandom(seed, `price/${base}`);
  const steps = Math.ceil((hours * 3_600_000) / stepMs) + 1;
  const path = new Float64Array(steps + 1);
  let price = Math.log(startPrice);
  let logVolatility = 0;
  let regime = 0;
  for (let i = 0; i <= steps; i++) {
    path[i] = price;
    const time = startMs + i * stepMs;
    while (regime < regimes.length - 1 && time >= (regimes[regime]?.toMs ?? 0)) regime++;
    const { drift = 0, fromMs = 0, toMs = 1 } = regimes[regime] ?? {};
    logVolatility = 0.995 * logVolatility + 0.06 * random.normal();
    price += volatility * Math.exp(logVolatility) * random.normal() + (drift * stepMs) / (toMs - fromMs);
  }
  return (timeMs) => {
    const place = Math.min(Math.max((timeMs - startMs) / stepMs, 0), steps - 1);
    const i = Math.floor(place);
    const from = path[i] ?? 0;
    return from + (place - i) * ((path[i + 1] ?? from) - from);
  };
}
