/**
 * How long buckets last that are cut with calibrated sizes, on simulated whole days: instruments from 0.05 to 500 trades a second are
 * calibrated from the days before, and the day that follows is cut by the production cutter.
 *
 *     npx tsx bench/calibration.ts [days of look-back, 1] [seeds, 1] [trades a second …]
 */
import { type ClosedBucket, initialState } from "../src/clock/bucket.js";
import { calibrate } from "../src/clock/calibrate.js";
import { createCutter } from "../src/clock/cutter.js";
import { formatLots } from "../src/clock/decimal.js";
import { paceOf } from "../src/clock/pace.js";
import { quantile } from "../src/clock/quantile.js";
import type { TradeBatch } from "../src/clock/trade-batch.js";
import { dayMs, simulatedDay } from "../test/support/simulated-day.js";

const allRates = [0.05, 0.1, 0.2, 0.5, 1, 5, 20, 100, 500];
const [lookBack = 1, seeds = 1, ...asked] = process.argv.slice(2).map(Number);
const rates = asked.length > 0 ? asked : allRates;
const targetMs = 30_000;
const params = { mode: "volume", maxMs: 60_000, maxTrades: 100_000, bookGapMs: 120_000 } as const;

interface Market {
  readonly perSecond: number;
  readonly seed: number;
}

function* days({ perSecond, seed }: Market, from: number, to: number): Generator<TradeBatch> {
  for (let day = from; day < to; day++) yield* simulatedDay({ perSecond, day, seed });
}

function minutesOf(market: Market): { amounts: number[]; trades: number } {
  const amounts = new Map<number, number>();
  let trades = 0;
  for (const { timestamp, lots, count, length } of days(market, 0, lookBack)) {
    const halves = new Uint32Array(lots.buffer);
    for (let row = 0; row < length; row++) {
      const minute = Math.floor(Number(timestamp[row]) / 60_000);
      const amount = (halves[2 * row] as number) + (halves[2 * row + 1] as number) * 2 ** 32;
      amounts.set(minute, (amounts.get(minute) ?? 0) + amount);
      trades += Number(count?.[row]);
    }
  }
  return { amounts: [...amounts.values()], trades };
}

/** Buckets of the day behind the look-back. */
function cutNextDay(market: Market, size: bigint, maxMs: number): { seconds: number[]; trades: number } {
  const seconds: number[] = [];
  let trades = 0;
  const cutter = createCutter({ ...params, limitsAt: () => ({ size, maxMs }) }, initialState);
  const add = (bucket: ClosedBucket) => {
    seconds.push((bucket.end - bucket.start) / 1000);
    trades += bucket.trades;
  };
  for (const batch of days(market, lookBack, lookBack + 1)) cutter.consume(batch, add);
  cutter.advance((lookBack + 1) * dayMs, add);
  return { seconds: seconds.sort((a, b) => a - b), trades };
}

const text = (value: number | null | undefined) => value?.toFixed(1) ?? "none";
const spread = (seconds: readonly number[]) =>
  `${text(quantile(seconds, 0.5))} (${text(quantile(seconds, 0.9))})`;

console.log(`target 30 s, look-back ${lookBack} d; median (p90), seconds\n`);
console.log(
  "| trades/s | trades | empty minutes | size | max s | by time | in the look-back | trades of the next day | the next day | by ratio, the next day | calibrated in s |",
);
console.log("|---|---|---|---|---|---|---|---|---|---|---|");
for (const perSecond of rates) {
  for (let seed = 1; seed <= seeds; seed++) {
    const market = { perSecond, seed };
    const { amounts, trades } = minutesOf(market);
    const minutes = lookBack * 1440;
    const began = performance.now();
    const found = await calibrate({
      pace: paceOf(amounts, minutes),
      targetMs,
      bounds: { min: 1n, max: undefined },
      params,
      until: lookBack * dayMs,
      batches: () => days(market, 0, lookBack),
    });
    const took = (performance.now() - began) / 1000;
    if (found === undefined) throw new Error(`no size for ${perSecond} trades a second`);
    const { chosen, ratio } = found;
    const next = cutNextDay(market, chosen.size, chosen.maxMs);
    const byRatio = cutNextDay(market, ratio < 1n ? 1n : ratio, params.maxMs);
    const empty = 1 - amounts.length / minutes;
    console.log(
      [
        "",
        perSecond,
        trades,
        `${(100 * empty).toFixed(0)} %`,
        formatLots(chosen.size),
        chosen.maxMs / 1000,
        `${(100 * (chosen.timeShare ?? 0)).toFixed(0)} %`,
        `${text(chosen.p50)} (${text(chosen.p90)})`,
        `${((next.trades * lookBack) / trades).toFixed(2)} ×`,
        spread(next.seconds),
        spread(byRatio.seconds),
        took.toFixed(1),
        "",
      ]
        .join(" | ")
        .trim(),
    );
  }
}
