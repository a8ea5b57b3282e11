/** Views with `as_of:`: the newest row of a slow source that was known with the bucket. Every bucket has a row. */
import type { FundingRow, InterestRow, VolatilityIndexRow } from "../../raw-rows.js";
import { newestKnown } from "../newest-known.js";
import type { BucketRow } from "../rows.js";

type Values = Readonly<Record<string, number | null>>;

const minuteMs = 60_000;

export function naiveFundingState(bucket: BucketRow, rows: readonly FundingRow[]): Values {
  const known = newestKnown(bucket, rows, 9 * 60 * minuteMs);
  const [mark, index] = [known?.row.mark_price, known?.row.index_price];
  return {
    funding_rate: known === null ? null : Number(known.row.funding_rate),
    basis_bps:
      mark === undefined || index === undefined || Number(index) === 0
        ? null
        : (Number(mark) / Number(index) - 1) * 1e4,
    funding_age_s: known === null ? null : known.ageMs / 1000,
  };
}

export function naiveOiState(bucket: BucketRow, rows: readonly InterestRow[]): Values {
  const known = newestKnown(bucket, rows, 15 * minuteMs);
  return {
    open_interest: known === null ? null : Number(known.row.open_interest),
    open_interest_age_s: known === null ? null : known.ageMs / 1000,
  };
}

export function naiveVolatilityIndex(bucket: BucketRow, rows: readonly VolatilityIndexRow[]): Values {
  const known = newestKnown(bucket, rows, 15 * minuteMs);
  return {
    implied_volatility: known === null ? null : Number(known.row.index_value),
    implied_age_s: known === null ? null : known.ageMs / 1000,
  };
}
