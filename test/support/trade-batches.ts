import type { CutterParams } from "../../src/clock/cutter.js";
import { parseLots } from "../../src/clock/decimal.js";
import type { TradeBatch } from "../../src/clock/trade-batch.js";
import type { NaiveClock } from "./oracle/naive-cutter.js";
import type { TradeRow } from "./oracle/rows.js";

/** A batch's row as plain values. */
interface BatchRow {
  readonly timestamp: number;
  readonly lots: bigint;
  readonly notional: bigint;
  readonly availableAt: number;
  readonly count: number;
}

export function cutterParams(clock: NaiveClock): CutterParams {
  const { mode, size, maxMs, maxTrades, bookGapMs, quality, adaptive } = clock;
  const limits = { size: mode === "volume" || mode === "quality" ? parseLots(size) : BigInt(size) };
  return {
    mode,
    limitsAt: () => limits,
    maxMs,
    maxTrades,
    bookGapMs,
    ...(quality === undefined ? {} : { quality }),
    ...(adaptive === undefined ? {} : { adaptive }),
  };
}

/** One row a trade, in the types that Native gives: Int64 times, Int128 lots, Int256 notional. */
export function tradeBatch(trades: readonly TradeRow[]): TradeBatch {
  const { count: _, ...batch } = toBatch(trades.map(batchRow));
  return batch;
}

/** One row a timestamp, with sums, as `GROUP BY timestamp` gives them. */
export function groupedBatch(trades: readonly TradeRow[]): TradeBatch {
  const groups = new Map<number, BatchRow>();
  for (const row of trades.map(batchRow)) {
    const group = groups.get(row.timestamp);
    groups.set(row.timestamp, {
      timestamp: row.timestamp,
      lots: row.lots + (group?.lots ?? 0n),
      notional: row.notional + (group?.notional ?? 0n),
      availableAt: Math.max(row.availableAt, group?.availableAt ?? row.availableAt),
      count: row.count + (group?.count ?? 0),
    });
  }
  return toBatch([...groups.values()]);
}

function batchRow(trade: TradeRow): BatchRow {
  const lots = parseLots(trade.quantity);
  return {
    timestamp: trade.timestamp,
    lots,
    notional: lots * parseLots(trade.price),
    availableAt: trade.available_at,
    count: 1,
  };
}

function toBatch(rows: readonly BatchRow[]): TradeBatch & { count: Uint32Array } {
  return {
    length: rows.length,
    timestamp: BigInt64Array.from(rows, (row) => BigInt(row.timestamp)),
    lots: toWords(
      rows.map((row) => row.lots),
      2,
    ),
    notional: toWords(
      rows.map((row) => row.notional),
      4,
    ),
    availableAt: BigInt64Array.from(rows, (row) => BigInt(row.availableAt)),
    count: Uint32Array.from(rows, (row) => row.count),
  };
}

/** Integers as 64-bit words, low first, two's complement. */
export function toWords(values: readonly bigint[], wordsEach: number): BigUint64Array {
  return BigUint64Array.from(
    values.flatMap((value) =>
      Array.from({ length: wordsEach }, (_, word) => BigInt.asUintN(64, value >> BigInt(64 * word))),
    ),
  );
}
