/** Trades a second that the cutter alone cuts: 5 million simulated trades in blocks, as an engine streams them. */
import { type ClosedBucket, initialState } from "../src/clock/bucket.js";
import { type CutterParams, createCutter } from "../src/clock/cutter.js";
import type { TradeBatch } from "../src/clock/trade-batch.js";

const tradeCount = 5_000_000;
const blockRows = 65_409;
const rounds = 5;

const params: CutterParams = {
  mode: "volume",
  limitsAt: () => ({ size: 500_000_000n }),
  maxMs: 60_000,
  maxTrades: 100_000,
  bookGapMs: 120_000,
};

/** About a third of the trades share their millisecond with the one before, as in recordings. */
function simulate(): TradeBatch[] {
  const random = generator(20240808);
  const batches: TradeBatch[] = [];
  let now = 1_723_161_255_000;
  let price = 6_000_000_000_000;
  for (let done = 0; done < tradeCount; done += blockRows) {
    const length = Math.min(blockRows, tradeCount - done);
    const timestamp = new BigInt64Array(length);
    const availableAt = new BigInt64Array(length);
    const lots = new BigUint64Array(length * 2);
    const notional = new BigUint64Array(length * 4);
    for (let row = 0; row < length; row++) {
      if (random() > 0.35) now += 1 + Math.floor(random() ** 4 * 150);
      price += Math.floor((random() - 0.5) * 2e7);
      const quantity = BigInt(1 + Math.floor(random() ** 6 * 1.4e7));
      const value = quantity * BigInt(price);
      timestamp[row] = BigInt(now);
      availableAt[row] = BigInt(now);
      lots[row * 2] = quantity;
      notional[row * 4] = BigInt.asUintN(64, value);
      notional[row * 4 + 1] = value >> 64n;
    }
    batches.push({ length, timestamp, lots, notional, availableAt });
  }
  return batches;
}

/** mulberry32 */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function cutAll(batches: readonly TradeBatch[]): { seconds: number; buckets: number; trades: number } {
  const buckets: ClosedBucket[] = [];
  const began = performance.now();
  const cutter = createCutter(params, initialState);
  for (const batch of batches) cutter.consume(batch, (bucket) => buckets.push(bucket));
  cutter.advance(Number.MAX_SAFE_INTEGER, (bucket) => buckets.push(bucket));
  const seconds = (performance.now() - began) / 1000;
  return {
    seconds,
    buckets: buckets.length,
    trades: buckets.reduce((sum, bucket) => sum + bucket.trades, 0),
  };
}

const batches = simulate();
const results = Array.from({ length: rounds }, () => cutAll(batches));
const best = Math.min(...results.map((result) => result.seconds));
const first = results[0]?.seconds ?? Number.NaN;
const { buckets = 0, trades = 0 } = results[0] ?? {};
console.log(
  `cutter: ${trades} trades, ${buckets} buckets; ${rate(best)} M trades/s (best of ${rounds}), ${rate(first)} cold`,
);

function rate(seconds: number): string {
  return (tradeCount / seconds / 1e6).toFixed(1);
}
