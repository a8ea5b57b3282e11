import { type BucketKey, type BucketRow, bucketKeyOf, type FeatureRow } from "../rows.js";
import { trailingRows } from "../trailing-rows.js";
import type { BookState } from "./book-state.js";

export interface TrendStrength {
  readonly trend_difference: number | null;
  readonly trend_sigma: number | null;
  readonly trend_strength: number | null;
}
export interface TrendState {
  readonly trend_state: number | null;
  readonly trend_age: number | null;
}

const [fast, slow, before, least] = [5, 20, 100, 20];
const [enter, leave, confirm, shortest] = [1, 0.2, 2, 3];

/** Differences of averages of 5 and of 20 log mids, over the root mean square of the 100 before; `buckets` and `states` in one order. */
export function naiveTrendStrengths(
  buckets: readonly BucketRow[],
  states: readonly FeatureRow<BookState>[],
): FeatureRow<TrendStrength>[] {
  const differences = buckets.map((bucket) => {
    const mids = trailingRows(bucket, states, slow).flatMap(({ last_valid_mid: mid }) =>
      mid === null ? [] : [mid],
    );
    const own = mids.at(-1);
    if (mids.length < slow || own === undefined) return { ...bucketKeyOf(bucket), difference: null };
    const logs = mids.map((mid) => Math.log(mid / own));
    return { ...bucketKeyOf(bucket), difference: rounded(mean(logs.slice(-fast)) - mean(logs), 14) };
  });
  return buckets.map((bucket, index) => {
    const difference = differences[index]?.difference ?? null;
    const past = trailingRows(bucket, differences, before, false).flatMap(({ difference: one }) =>
      one === null ? [] : [one],
    );
    const isKnown = difference !== null && past.length >= least;
    const sigma = isKnown ? Math.sqrt(mean(past.map((one) => one * one))) : null;
    return {
      ...bucketKeyOf(bucket),
      trend_difference: difference,
      trend_sigma: sigma,
      trend_strength: difference === null || !sigma ? null : rounded(difference / sigma, 9),
    };
  });
}

/** Step by step over the last 500 buckets. */
export function naiveTrendState(
  bucket: BucketRow,
  strengths: readonly (BucketKey & Pick<TrendStrength, "trend_strength">)[],
): TrendState {
  let [state, age, ups, downs] = [0, 0, 0, 0];
  let last: number | null = null;
  for (const { trend_strength: strength } of trailingRows(bucket, strengths, 500)) {
    last = strength;
    ups = strength !== null && strength >= enter ? ups + 1 : 0;
    downs = strength !== null && strength <= -enter ? downs + 1 : 0;
    if (strength === null) continue;
    const next = nextState(state, age, strength, { ups, downs });
    age = next === 0 ? 0 : next === state ? age + 1 : 1;
    state = next;
  }
  return { trend_state: last === null ? null : state, trend_age: last === null ? null : age };
}

function nextState(
  state: number,
  age: number,
  strength: number,
  { ups, downs }: { readonly ups: number; readonly downs: number },
): number {
  if (state === 0) return ups >= confirm ? 1 : downs >= confirm ? -1 : 0;
  if (age < shortest) return state;
  const against = state > 0 ? downs : ups;
  if (against >= confirm) return -state;
  return state * strength < leave ? 0 : state;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
