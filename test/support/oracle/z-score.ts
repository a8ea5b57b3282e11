import { exactRegression } from "./exact-regression.js";
import { Rational } from "./rational.js";

/**
 * A value against the mean and the sample standard deviation of those before it; null with fewer than `least` of them, or where they
 * are all the same. Both in exact fractions, so that "all the same" means it.
 */
export function zScore(
  value: number | null,
  before: readonly (number | null)[],
  least: number,
): number | null {
  const known = before.filter((one) => one !== null);
  const variance = exactRegression(known.map((one) => [one, one])).covariance;
  if (value === null || known.length < least || variance === null || variance === 0) return null;
  const mean = Rational.sum(known.map(Rational.ofNumber)).over(Rational.ofNumber(known.length));
  const distance = Rational.ofNumber(value).minus(mean ?? Rational.zero);
  return distance.toNumber() / Math.sqrt(variance);
}
