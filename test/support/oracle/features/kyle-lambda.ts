import { exactRegression } from "../exact-regression.js";
import { Rational } from "../rational.js";
import { type BucketRow, bucketKeyOf, type FeatureRow } from "../rows.js";
import { trailingRows } from "../trailing-rows.js";
import type { BookState } from "./book-state.js";
import type { TradeImpact } from "./trade-impact.js";
import type { TradePressure } from "./trade-pressure.js";

export interface KyleLambda {
  readonly mid_change: number | null;
  readonly log_mid_return: number | null;
  readonly kyle_ratio: number | null;
  readonly kyle_lambda_50: number | null;
  readonly kyle_alpha_50: number | null;
  readonly kyle_t_50: number | null;
  readonly kyle_r2_50: number | null;
  readonly kyle_noint_50: number | null;
  readonly hasbrouck_lambda_50: number | null;
  readonly kyle_lambda_100: number | null;
  readonly kyle_t_100: number | null;
  readonly kyle_r2_100: number | null;
}

interface Observation {
  readonly change: number | null;
  readonly logReturn: number | null;
  readonly volume: number;
  readonly pressure: number;
}

/** Rows of the views read, one a bucket and in the order of `buckets`; a bucket without books has no mids. */
export function naiveKyleLambda(
  buckets: readonly BucketRow[],
  states: readonly FeatureRow<BookState>[],
  impacts: readonly FeatureRow<TradeImpact>[],
  pressures: readonly FeatureRow<TradePressure>[],
): FeatureRow<KyleLambda>[] {
  const observed = buckets.map((bucket, index) => {
    const { last_valid_mid: end = null, mid_start: start = null } = states[index] ?? {};
    const isKnown = end !== null && start !== null;
    return {
      ...bucketKeyOf(bucket),
      change: isKnown ? end - start : null,
      logReturn: isKnown ? Math.log(end / start) : null,
      volume: impacts[index]?.signed_volume ?? Number.NaN,
      pressure: pressures[index]?.signed_sqrt_notional ?? Number.NaN,
    };
  });
  return buckets.map((bucket, index) => {
    const current = observed[index];
    const last50 = trailingRows(bucket, observed, 50);
    const kyle50 = kyle(last50);
    const kyle100 = kyle(trailingRows(bucket, observed, 100));
    const hasbrouck = atLeast3(last50.map((row) => [row.pressure, row.logReturn]));
    const ratio = current?.change ?? null;
    return {
      ...bucketKeyOf(bucket),
      mid_change: current?.change ?? null,
      log_mid_return: current?.logReturn ?? null,
      kyle_ratio: ratio === null || current?.volume === 0 ? null : ratio / (current?.volume ?? Number.NaN),
      kyle_lambda_50: kyle50?.slope ?? null,
      kyle_alpha_50: kyle50?.intercept ?? null,
      kyle_t_50: kyle50?.t ?? null,
      kyle_r2_50: kyle50?.r2 ?? null,
      kyle_noint_50: throughOrigin(last50),
      hasbrouck_lambda_50: hasbrouck?.slope == null ? null : hasbrouck.slope * 1e6,
      kyle_lambda_100: kyle100?.slope ?? null,
      kyle_t_100: kyle100?.t ?? null,
      kyle_r2_100: kyle100?.r2 ?? null,
    };
  });
}

function kyle(rows: readonly Observation[]) {
  return atLeast3(rows.map((row) => [row.volume, row.change]));
}

function atLeast3(pairs: readonly (readonly [number | null, number | null])[]) {
  const regression = exactRegression(pairs);
  return regression.n < 3 ? undefined : regression;
}

function throughOrigin(rows: readonly Observation[]): number | null {
  const known = rows.flatMap((row) =>
    row.change === null ? [] : [[Rational.ofNumber(row.volume), Rational.ofNumber(row.change)] as const],
  );
  const products = Rational.sum(known.map(([volume, change]) => volume.times(change)));
  const squares = Rational.sum(known.map(([volume]) => volume.times(volume)));
  return known.length === 0 ? null : (products.over(squares)?.toNumber() ?? null);
}
