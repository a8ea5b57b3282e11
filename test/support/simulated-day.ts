/** Trades of a simulated market, a day at a time, as a real one has them: for calibration, where days must be whole. */
import type { TradeBatch } from "../../src/clock/trade-batch.js";

export const dayMs = 86_400_000;

/** A day of one instrument: the same parameters give the same trades. */
export interface SimulatedDay {
  /** Trades a second on average over many days. */
  readonly perSecond: number;
  /** 0, 1, 2, …: begins at `day * dayMs`. */
  readonly day: number;
  readonly seed: number;
  /** Busier or quieter than `perSecond` by this factor, as some days are. */
  readonly level?: number;
}

/**
 * How the market is:
 * - over the day its rate follows a U, three times as high at midnight UTC as at noon;
 * - from minute to minute the rate wanders (an AR(1) of its logarithm), so slow instruments have many empty minutes;
 * - orders excite further ones for some seconds (a Hawkes process: 40 of 100 orders come in answer to another one);
 * - an order sweeps one or several trades, which share its millisecond;
 * - sizes are log-normal, and one in a hundred is drawn from a Pareto tail without a variance.
 */
const answered = 0.4;
const answerSeconds = 2;
const sweepOn = 1 / 3;
const tradesAnOrder = 1 / (1 - sweepOn);
const wander = { keep: 0.9, deviation: 0.5 };
const medianLots = 1e6;
const tail = { share: 0.01, exponent: 1.5 };
const batchRows = 65_409;

/** One row a millisecond that has trades, in order; the notional is 0. */
export function* simulatedDay({ perSecond, day, seed, level = 1 }: SimulatedDay): Generator<TradeBatch> {
  const random = randomOf(seed * 1_000_003 + day);
  const outside = (perSecond * level * (1 - answered)) / tradesAnOrder;
  const decay = 1 / answerSeconds;
  let rows = newRows();
  let last = -1;
  let excited = 0;
  let logRate = normal(random) * wander.deviation;
  for (let minute = 0; minute < 1440; minute++) {
    const step = wander.deviation * Math.sqrt(1 - wander.keep ** 2);
    logRate = wander.keep * logRate + step * normal(random);
    const fromNoon = minute / 720 - 1;
    const base = outside * (0.6 + 1.2 * fromNoon * fromNoon) * Math.exp(logRate - wander.deviation ** 2 / 2);
    let now = 0;
    while (true) {
      // Thinning: between two orders the rate only falls, so the one just behind an order bounds it.
      const bound = base + excited;
      const wait = -Math.log(1 - random()) / bound;
      const isOver = now + wait >= 60;
      excited *= Math.exp(-decay * (isOver ? 60 - now : wait));
      if (isOver) break;
      now += wait;
      if (random() * bound > base + excited) continue;
      excited += answered * decay;
      const at = day * dayMs + minute * 60_000 + Math.floor(now * 1000);
      let count = 1;
      while (random() < sweepOn) count += 1;
      let lots = 0;
      for (let trade = 0; trade < count; trade++) lots += tradeLots(random);
      if (at !== last) {
        if (rows.length === batchRows) {
          yield batchOf(rows);
          rows = newRows();
        }
        rows.length += 1;
        last = at;
        rows.timestamp[rows.length - 1] = at;
      }
      const row = rows.length - 1;
      rows.lots[row] = (rows.lots[row] as number) + lots;
      rows.count[row] = (rows.count[row] as number) + count;
    }
  }
  if (rows.length > 0) yield batchOf(rows);
}

function tradeLots(random: () => number): number {
  const lots =
    random() < tail.share
      ? medianLots * 20 * (1 - random()) ** (-1 / tail.exponent)
      : medianLots * Math.exp(1.2 * normal(random));
  return Math.max(1, Math.min(Math.round(lots), 1e13));
}

/** Nearly normal: the sum of three uniform numbers, scaled to variance 1. */
function normal(random: () => number): number {
  return 2 * (random() + random() + random() - 1.5);
}

interface Rows {
  length: number;
  readonly timestamp: Float64Array;
  readonly lots: Float64Array;
  readonly count: Float64Array;
}

function newRows(): Rows {
  const column = () => new Float64Array(batchRows);
  return { length: 0, timestamp: column(), lots: column(), count: column() };
}

function batchOf({ length, timestamp, lots, count }: Rows): TradeBatch {
  // As 32-bit halves: a BigInt a row would take longer than the market does.
  const words = new BigUint64Array(length);
  const halves = new Uint32Array(words.buffer);
  for (let row = 0; row < length; row++) {
    const value = lots[row] as number;
    halves[2 * row] = value % 2 ** 32;
    halves[2 * row + 1] = value / 2 ** 32;
  }
  const times = timestamp.subarray(0, length);
  return {
    length,
    timestamp: times,
    lots: words,
    notional: new BigUint64Array(length),
    availableAt: times,
    count: count.subarray(0, length),
  };
}

/** Numbers in [0, 1): mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
