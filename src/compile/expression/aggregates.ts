/** What the compiler knows of ClickHouse's aggregate functions: whose result can depend on the order of rows. */

/** Rewritten into exact forms (exact.ts). `If` variants included. */
export const exactForms: ReadonlySet<string> = new Set(["sum", "sumIf", "avg", "avgIf"]);

/**
 * Aggregates whose result does not depend on the order of rows, whatever their arguments. What is neither here nor rewritten is refused:
 * ClickHouse has some two hundred, and new ones come.
 */
export const orderFree: ReadonlySet<string> = new Set([
  ...[
    "count",
    "min",
    "max",
    "minMap",
    "maxMap",
    "uniqExact",
    "uniqUpTo",
    "groupArraySorted",
    "boundingRatio",
  ],
  ...["groupBitAnd", "groupBitOr", "groupBitXor"],
  ...["quantileExact", "quantilesExact", "quantileExactLow", "quantilesExactLow", "quantileExactHigh"],
  ...["quantilesExactHigh", "quantileExactWeighted", "quantilesExactWeighted", "quantileExactInclusive"],
  ...["quantilesExactInclusive", "quantileExactExclusive", "quantilesExactExclusive"],
]);

const ofSome = /^(min|max|argMin|argMax|quantileExact[A-Za-z]*)If$/;

/** The aggregate that is NULL where no row fulfils the condition; the engine's own are 0 there, which would be a price of 0. */
export function nullForNone(name: string): string {
  return name.replace(ofSome, "$1OrNullIf");
}

/** Aggregates whose result depends on the order of rows, with what to write instead. */
export const orderDependent: ReadonlyMap<string, string> = new Map(
  Object.entries({
    any: "argMin(x, ord) or argMax(x, ord)",
    anyLast: "argMax(x, ord)",
    any_value: "argMin(x, ord) or argMax(x, ord)",
    anyHeavy: "argMax(x, ord)",
    groupArray: "an aggregate over ordered rows",
    groupUniqArray: "uniqExact(x)",
    groupArraySample: "an aggregate over all rows",
    uniq: "uniqExact(x)",
    uniqCombined: "uniqExact(x)",
    uniqCombined64: "uniqExact(x)",
    uniqHLL12: "uniqExact(x)",
    uniqTheta: "uniqExact(x)",
    median: "quantileExact(0.5)(x)",
    quantile: "quantileExact(q)(x)",
    quantiles: "quantilesExact(…)(x)",
    quantileTDigest: "quantileExact(q)(x)",
    quantileTiming: "quantileExact(q)(x)",
    quantileBFloat16: "quantileExact(q)(x)",
    sumWithOverflow: "sum(x)",
    sumKahan: "sum(x)",
    avgWeighted: "sum(x * w) / nullIf(sum(w), 0)",
    topK: "quantileExact or max",
    deltaSum: "argMax(x, ord) - argMin(x, ord)",
    simpleLinearRegression: "regr_slope(y, x) and regr_intercept(y, x)",
    ...Object.fromEntries(
      ["skewPop", "skewSamp", "kurtPop", "kurtSamp", "exponentialMovingAverage", "entropy"].map((name) => [
        name,
        "exact sums: sum(x), sum(x * x), sum(x * y), count()",
      ]),
    ),
  }),
);
