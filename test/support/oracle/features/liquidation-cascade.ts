import type { LiquidationRow } from "../../raw-rows.js";
import { type BookRow, type BucketRow, isSameInstrument } from "../rows.js";

export interface Cascade {
  readonly events: number;
  readonly notional: number;
  readonly from: number;
  readonly to: number;
  readonly age: number;
}

const reachMs = 900_000;
const gapMs = 30_000;

/** The last run of one side that is large enough, of what was known with the bucket; undefined if there is none. */
export function naiveCascade(
  bucket: BucketRow,
  rows: readonly LiquidationRow[],
  side: LiquidationRow["side"],
): Cascade | undefined {
  const known = rows
    .filter(
      (row) =>
        isSameInstrument(row, bucket) &&
        row.side === side &&
        row.available_at <= bucket.available_at &&
        row.timestamp >= bucket.available_at - reachMs,
    )
    .sort((a, b) => a.timestamp - b.timestamp || (a.liquidation_id < b.liquidation_id ? -1 : 1));
  const runs: LiquidationRow[][] = [];
  for (const row of known) {
    const run = runs.at(-1);
    if (run !== undefined && row.timestamp - (run.at(-1)?.timestamp ?? 0) <= gapMs) run.push(row);
    else runs.push([row]);
  }
  const notionalOf = (run: readonly LiquidationRow[]): number =>
    run.reduce((sum, row) => sum + Number(row.price) * Number(row.quantity), 0);
  const run = runs.findLast((one) => one.length >= 3 && notionalOf(one) >= 50_000);
  const [first, last] = [run?.[0], run?.at(-1)];
  if (run === undefined || first === undefined || last === undefined) return undefined;
  return {
    events: run.length,
    notional: notionalOf(run),
    from: first.timestamp,
    to: last.timestamp,
    age: (bucket.available_at - last.timestamp) / 1000,
  };
}

/** What `liquidation_runs` holds of a bucket; a bucket without a cascade in reach has no row. */
export function naiveLiquidationRuns(bucket: BucketRow, rows: readonly LiquidationRow[]): object[] {
  const sides = { long: naiveCascade(bucket, rows, "sell"), short: naiveCascade(bucket, rows, "buy") };
  if (sides.long === undefined && sides.short === undefined) return [];
  return [
    Object.fromEntries(
      Object.entries(sides).flatMap(([side, run]) => [
        [`${side}_events`, run?.events ?? null],
        [`${side}_notional`, run?.notional ?? null],
        [`${side}_from_ms`, run?.from ?? null],
        [`${side}_to_ms`, run?.to ?? null],
        [`${side}_duration_s`, run === undefined ? null : (run.to - run.from) / 1000],
        [`${side}_age_s`, run?.age ?? null],
      ]),
    ),
  ];
}

interface Mid {
  readonly at: number;
  readonly mid: number;
}

interface Impact {
  readonly pre_mid: number | null;
  readonly extreme_mid: number | null;
  readonly impact_bps: number | null;
  readonly half_recovery_s: number | null;
}

const unknownImpact: Impact = { pre_mid: null, extreme_mid: null, impact_bps: null, half_recovery_s: null };

/** What the mid did with it, from the valid snapshots of buckets that end less than 900 s before this one's end. */
export function naiveLiquidationCascade(
  run: Cascade | undefined,
  side: LiquidationRow["side"],
  books: readonly BookRow[],
): Impact {
  if (run === undefined) return unknownImpact;
  const last = new Map<number, number>();
  for (const book of books) {
    const [bid, ask] = [Number(book.bid_px[0] ?? 0), Number(book.ask_px[0] ?? 0)];
    if (bid > 0 && ask > bid) last.set(book.timestamp, (bid + ask) / 2);
  }
  const mids = [...last].map(([at, mid]) => ({ at, mid }));
  const during = mids.filter(({ at }) => at >= run.from && at <= run.to);
  const before = mids.findLast(({ at }) => at < run.from);
  const sign = side === "sell" ? -1 : 1;
  const extreme = during.reduce<Mid | undefined>(
    (best, one) => (best === undefined || sign * (one.mid - best.mid) >= 0 ? one : best),
    undefined,
  );
  const pre_mid = before?.mid ?? null;
  if (before === undefined || extreme === undefined)
    return { ...unknownImpact, pre_mid, extreme_mid: extreme?.mid ?? null };
  const half = (extreme.mid + before.mid) / 2;
  const back = mids.find(
    ({ at, mid }) => at > extreme.at && at <= run.to + 60_000 && sign * (half - mid) >= 0,
  );
  return {
    pre_mid,
    extreme_mid: extreme.mid,
    impact_bps: sign * (extreme.mid / before.mid - 1) * 10_000,
    half_recovery_s: back === undefined ? null : (back.at - extreme.at) / 1000,
  };
}

/** Orders of both sides in bursts, over the time of each instrument's buckets: some are known late. */
export function randomLiquidations(buckets: readonly BucketRow[]): LiquidationRow[] {
  const symbols = [...new Set(buckets.map(({ symbol }) => symbol))];
  return symbols.flatMap((symbol, place) => {
    const own = buckets.filter((bucket) => bucket.symbol === symbol);
    const [first, last] = [own[0], own.at(-1)];
    if (first === undefined || last === undefined) return [];
    const { exchange, market_type } = first;
    let state = 4242 + place;
    const random = (below: number): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state % below;
    };
    const rows: LiquidationRow[] = [];
    for (
      let at = first.bucket_ts_start;
      at < last.bucket_ts_end;
      at += random(6) === 0 ? 60_000 : 1 + random(12_000)
    ) {
      rows.push({
        ...{
          exchange,
          market_type,
          symbol,
          timestamp: at,
          liquidation_id: String(rows.length).padStart(5, "0"),
        },
        available_at: at + (random(5) === 0 ? random(20_000) : 0),
        side: random(2) === 0 ? "buy" : "sell",
        price: `${10_000 + random(1000)}.5`,
        quantity: `${1 + random(3)}.25`,
      });
    }
    return rows;
  });
}
