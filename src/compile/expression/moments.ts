/**
 * Variances, covariances and simple regressions from exact sums. Arguments are decimal numbers of 20 places (exact-decimal.ts); sums of
 * them and of their products (40 decimals) are exact in Decimal256, and so is `n·Σxy − Σx·Σy`. It is converted to Float64
 * once: no order of rows matters, nothing cancels, and a variance of equal values is 0 and not nearly 0.
 *
 * Range: |x| up to 1e12 and a million rows keep every product below 2^255 · 1e-40. A row beyond, or one that is not finite,
 * makes the result NaN, which a view stores as NULL. Resolution: differences below 1e-20 are not seen.
 */
import { exactDecimal, nearestFloat } from "./exact-decimal.js";

const limit = "1e12";
const decimals = 20;
/** A fit that leaves less than this share of the variance is exact up to rounding: its t has no meaning and is NULL. */
const leastResidual = "1e-12";

/** Of one argument. A row counts if the argument is not NULL. */
const ofOne = ["varPop", "varSamp", "stddevPop", "stddevSamp"] as const;
/** Of a pair. A row counts if neither is NULL. The `regr_` functions take (y, x), as in standard SQL. */
const ofPair = [
  "covarPop",
  "covarSamp",
  "corr",
  "regr_slope",
  "regr_intercept",
  "regr_r2",
  "regr_t",
  "regr_count",
] as const;

export type Moment = (typeof ofOne)[number] | (typeof ofPair)[number];

const names = new Set<string>([...ofOne, ...ofPair]);

export interface MomentCall {
  readonly moment: Moment;
  /** A condition follows the arguments. */
  readonly conditional: boolean;
  /** How many arguments it takes, the condition included. */
  readonly arity: number;
}

/** The function that a name stands for; ClickHouse's `…Stable` variants are the same here. Undefined: none of them. */
export function momentOf(name: string): MomentCall | undefined {
  const plain = name.replace(/If$/, "").replace(/Stable$/, "");
  if (!names.has(plain)) return undefined;
  const conditional = name.endsWith("If");
  const values = ofOne.some((known) => known === plain) ? 1 : 2;
  return { moment: plain as Moment, conditional, arity: values + (conditional ? 1 : 0) };
}

/**
 * SQL text of a call. `args` are the arguments as SQL; `over` is empty or ` OVER window`.
 * NULL: fewer rows than the function needs (1 of `…Pop`, 2 of `…Samp` and of the regressions, 3 of `regr_t`), and where a divisor is 0: no variance of
 * x for a slope, of x or y for `corr`, `regr_r2` and `regr_t`; an exact fit for `regr_t`.
 */
export function momentSql(
  { moment, conditional }: MomentCall,
  args: readonly string[],
  over: string,
): string {
  const condition = conditional ? args.at(-1) : undefined;
  const values = (conditional ? args.slice(0, -1) : args).map((value) =>
    condition === undefined ? `(${value})` : `if(${condition}, ${value}, NULL)`,
  );
  const [first = "NULL", second = first] = values;
  const isRegression = moment.startsWith("regr_");
  const sums = momentSums(isRegression ? second : first, isRegression ? first : second, over);
  return `if(${sums.broken} > 0, nan, ${fromSums(moment, sums)})`;
}

interface MomentSums {
  readonly broken: string;
  readonly n: string;
  readonly x: string;
  readonly y: string;
  /** `n·Σab − Σa·Σb`, as Float64. */
  readonly xx: string;
  readonly yy: string;
  readonly xy: string;
}

function momentSums(x: string, y: string, over: string): MomentSums {
  const isNull = x === y ? `isNull(${x})` : `isNull(${x}) OR isNull(${y})`;
  const exact = (value: string): string =>
    exactDecimal(`multiIf(${isNull}, NULL, abs(${value}) <= ${limit}, toFloat64(${value}), 0)`, decimals);
  const outside = (value: string): string => `NOT (abs(${value}) <= ${limit})`;
  const [dx, dy] = [exact(x), exact(y)];
  const n = `count(${dx})${over}`;
  const sum = (value: string): string => `sum(${value})${over}`;
  const spread = (a: string, b: string): string =>
    nearestFloat(`${n} * ${sum(`${a} * ${b}`)} - ${sum(a)} * ${sum(b)}`);
  return {
    broken: `countIf(${x === y ? outside(x) : `${outside(x)} OR ${outside(y)}`})${over}`,
    n,
    x: nearestFloat(sum(dx)),
    y: nearestFloat(sum(dy)),
    xx: spread(dx, dx),
    yy: spread(dy, dy),
    xy: spread(dx, dy),
  };
}

function fromSums(moment: Moment, { n, x, y, xx, yy, xy }: MomentSums): string {
  const overPop = `nullIf(${n} * ${n}, 0)`;
  const overSamp = `nullIf(${n} * (${n} - 1), 0)`;
  const slope = `${xy} / nullIf(${xx}, 0)`;
  const correlation = `${xy} / nullIf(sqrt(${xx}) * sqrt(${yy}), 0)`;
  const explained = `${xy} * ${xy} / nullIf(${xx} * ${yy}, 0)`;
  switch (moment) {
    case "varPop":
    case "covarPop":
      return `${xy} / ${overPop}`;
    case "varSamp":
    case "covarSamp":
      return `${xy} / ${overSamp}`;
    case "stddevPop":
      return `sqrt(${xx} / ${overPop})`;
    case "stddevSamp":
      return `sqrt(${xx} / ${overSamp})`;
    case "corr":
      // Rounding of the two roots may lead beyond 1 by a unit of the last place.
      return `if(abs(${correlation}) > 1, sign(${correlation}), ${correlation})`;
    case "regr_slope":
      return slope;
    case "regr_intercept":
      return `(${y} - ${slope} * ${x}) / nullIf(${n}, 0)`;
    case "regr_r2":
      return explained;
    case "regr_t":
      return `if(${n} > 2 AND ${explained} < 1 - ${leastResidual}, ${correlation} * sqrt((${n} - 2) / (1 - ${explained})), NULL)`;
    case "regr_count":
      return n;
  }
}
