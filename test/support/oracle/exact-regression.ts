import { Rational } from "./rational.js";

export interface Regression {
  readonly n: number;
  readonly slope: number | null;
  readonly intercept: number | null;
  readonly t: number | null;
  readonly r2: number | null;
  readonly covariance: number | null;
}

/** Least squares of y on x with an intercept, in exact fractions. Pairs with a null are left out; null: undefined. */
export function exactRegression(
  pairs: readonly (readonly [x: number | null, y: number | null])[],
): Regression {
  const known = pairs.flatMap(([x, y]) =>
    x === null || y === null ? [] : [[Rational.ofNumber(x), Rational.ofNumber(y)] as const],
  );
  const n = known.length;
  const count = Rational.ofNumber(n);
  const mean = (values: readonly Rational[]): Rational => Rational.sum(values).over(count) ?? Rational.zero;
  const [meanX, meanY] = [mean(known.map(([x]) => x)), mean(known.map(([, y]) => y))];
  const centred = known.map(([x, y]) => [x.minus(meanX), y.minus(meanY)] as const);
  const xx = Rational.sum(centred.map(([x]) => x.times(x)));
  const yy = Rational.sum(centred.map(([, y]) => y.times(y)));
  const xy = Rational.sum(centred.map(([x, y]) => x.times(y)));
  const slope = xy.over(xx);
  const r2 = xy.times(xy).over(xx.times(yy))?.toNumber() ?? null;
  const residual = slope === null ? Rational.zero : yy.minus(slope.times(xy));
  // slope / sqrt(residual / (n - 2) / xx), under one root
  const squared =
    slope === null || n < 3
      ? null
      : slope
          .times(slope)
          .times(xx)
          .times(Rational.ofNumber(n - 2))
          .over(residual);
  const isExactFit = r2 === null || r2 >= 1 - 1e-12;
  return {
    n,
    slope: slope?.toNumber() ?? null,
    intercept: slope === null ? null : meanY.minus(slope.times(meanX)).toNumber(),
    t:
      squared === null || slope === null || isExactFit
        ? null
        : Math.sign(slope.toNumber()) * Math.sqrt(squared.toNumber()),
    r2,
    covariance: n < 2 ? null : (xy.over(Rational.ofNumber(n - 1))?.toNumber() ?? null),
  };
}
