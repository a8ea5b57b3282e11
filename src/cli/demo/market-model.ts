/** The simulated instruments and the knobs of the simulation. Prices in ticks and sizes in lots are integers. */
export interface SimulatedInstrument {
  readonly exchange: string;
  readonly marketType: "spot" | "linear";
  readonly symbol: string;
  readonly base: string;
  /** Price and quantity have this many decimals; one tick and one lot is the last of them. */
  readonly priceDecimals: number;
  readonly sizeDecimals: number;
  /** Of the base asset at the start; instruments of one base follow one hidden price. */
  readonly startPrice: number;
  /** Mean, bursts and quiet spells included. */
  readonly tradesPerSecond: number;
  /** Median size of a fill, in base units. */
  readonly medianSize: number;
  /** Mean distance between two levels of the book, in ticks. */
  readonly levelGap: number;
}

export interface MarketParams {
  readonly seed: number;
  /** UTC, milliseconds. */
  readonly startMs: number;
  readonly hours: number;
  readonly instruments: readonly SimulatedInstrument[];
  /** Bounds of the time between two book updates, in milliseconds. */
  readonly bookIntervalMs: readonly [shortest: number, longest: number];
}

/** What goes on in a stretch of the simulated time. */
export interface Regime {
  readonly name: "normal" | "burst" | "quiet" | "jump";
  readonly fromMs: number;
  readonly toMs: number;
  /** Orders arrive this many times as often. */
  readonly intensity: number;
  /** Logarithmic price change, spread over the stretch. */
  readonly drift: number;
}

export const bookLevels = 5;

export const stockInstruments: readonly SimulatedInstrument[] = [
  {
    exchange: "binance",
    marketType: "spot",
    symbol: "BTCUSDT",
    base: "BTC",
    priceDecimals: 2,
    sizeDecimals: 5,
    startPrice: 63_400,
    tradesPerSecond: 5,
    medianSize: 0.02,
    levelGap: 12,
  },
  {
    exchange: "binance",
    marketType: "linear",
    symbol: "BTCUSDT",
    base: "BTC",
    priceDecimals: 1,
    sizeDecimals: 3,
    startPrice: 63_400,
    tradesPerSecond: 6,
    medianSize: 0.075,
    levelGap: 3,
  },
  {
    exchange: "binance",
    marketType: "linear",
    symbol: "ETHUSDT",
    base: "ETH",
    priceDecimals: 2,
    sizeDecimals: 3,
    startPrice: 3_480,
    tradesPerSecond: 4,
    medianSize: 1.75,
    levelGap: 2,
  },
];

export const stockMarket: MarketParams = {
  seed: 7,
  // Two hours before midnight: the archive's files are cut there, and funding is settled.
  startMs: Date.UTC(2024, 2, 5, 22, 0, 0),
  hours: 4,
  instruments: stockInstruments,
  bookIntervalMs: [100, 500],
};

const minuteMs = 60_000;

/**
 * The course of the market: a burst of trading, a quiet spell in which clocks run out before their volume is reached,
 * and a price jump with the trading that follows it. Short simulations get proportionally shorter stretches.
 */
export function regimesOf({ startMs, hours }: Pick<MarketParams, "startMs" | "hours">): readonly Regime[] {
  const lengthMs = hours * 60 * minuteMs;
  const at = (share: number) => startMs + Math.round(lengthMs * share);
  const stretch = (minutes: number) => Math.min(minutes * minuteMs, Math.round(lengthMs * 0.06));
  const special: Regime[] = [
    { name: "burst", fromMs: at(0.25), toMs: at(0.25) + stretch(4), intensity: 7, drift: 0.004 },
    { name: "quiet", fromMs: at(0.45), toMs: at(0.45) + stretch(8), intensity: 0.02, drift: 0 },
    { name: "jump", fromMs: at(0.65), toMs: at(0.65) + stretch(0.1), intensity: 12, drift: -0.012 },
    {
      name: "burst",
      fromMs: at(0.65) + stretch(0.1),
      toMs: at(0.65) + stretch(2),
      intensity: 5,
      drift: 0.003,
    },
  ];
  const regimes: Regime[] = [];
  let fromMs = startMs;
  for (const regime of special) {
    if (regime.fromMs > fromMs) {
      regimes.push({ name: "normal", fromMs, toMs: regime.fromMs, intensity: 1, drift: 0 });
    }
    regimes.push(regime);
    fromMs = regime.toMs;
  }
  return [...regimes, { name: "normal", fromMs, toMs: startMs + lengthMs, intensity: 1, drift: 0 }];
}
