import type { BucketKey, BucketRow } from "../rows.js";
import { trailingRows } from "../trailing-rows.js";
import { zScore } from "../z-score.js";

type Values = Readonly<Record<string, number | null>>;

export interface ImpliedInput extends BucketKey {
  readonly implied: number | null;
  readonly rv_300: number | null;
  readonly returns_300: number | null;
}

/** Everything annualised and in percent, the realised volatility from the mean of squared returns a second. */
export function naiveIvRvSpread(bucket: BucketRow, inputs: readonly ImpliedInput[]): Values {
  const realised = ({ rv_300, returns_300 }: ImpliedInput): number | null =>
    rv_300 === null || returns_300 === null || returns_300 === 0
      ? null
      : 100 * Math.sqrt((365 * 86_400 * rv_300) / returns_300);
  const spread = (input: ImpliedInput): number | null => {
    const annual = realised(input);
    return annual === null || input.implied === null ? null : input.implied - annual;
  };
  const [own] = trailingRows(bucket, inputs, 1);
  const annual = own === undefined ? null : realised(own);
  const implied = own?.implied ?? null;
  const isKnown = annual !== null && implied !== null;
  return {
    realised_annual: annual,
    iv_minus_rv: own === undefined ? null : spread(own),
    iv_over_rv: isKnown && annual !== 0 ? implied / annual : null,
    variance_premium: isKnown ? (implied / 100) ** 2 - (annual / 100) ** 2 : null,
    iv_rv_z_20:
      own === undefined ? null : zScore(spread(own), trailingRows(bucket, inputs, 20, false).map(spread), 10),
  };
}
