import type { FundingRow } from "../../raw-rows.js";
import { type BucketRow, isSameInstrument } from "../rows.js";

export interface FundingState {
  readonly funding_rate: number | null;
  readonly funding_age_s: number | null;
}

const maxAgeMs = 9 * 3_600_000;

/** Of all rows that were known by then the one with the latest time, if it is not too old. */
export function naiveFundingState(bucket: BucketRow, rows: readonly FundingRow[]): FundingState {
  const known = rows.filter(
    (row) => isSameInstrument(row, bucket) && row.available_at <= bucket.available_at,
  );
  let newest: FundingRow | undefined;
  for (const row of known) {
    const isNewer =
      newest === undefined ||
      row.timestamp > newest.timestamp ||
      (row.timestamp === newest.timestamp && row.seq > newest.seq);
    if (isNewer) newest = row;
  }
  const age = newest === undefined ? Number.POSITIVE_INFINITY : bucket.available_at - newest.timestamp;
  if (newest === undefined || age > maxAgeMs) return { funding_rate: null, funding_age_s: null };
  return { funding_rate: Number(newest.funding_rate), funding_age_s: age / 1000 };
}

/**
 * Rows that become known in another order than they happened: some late, several at once. The first quarter of each instrument's
 * buckets has none but one that is too old.
 */
export function randomFunding(buckets: readonly BucketRow[]): FundingRow[] {
  let state = 12_345;
  const random = (below: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  const delays = [0, 0, 2000, 30_000, 3_600_000];
  const symbols = [...new Set(buckets.map(({ symbol }) => symbol))];
  return symbols.flatMap((symbol) => {
    const own = buckets.filter((bucket) => bucket.symbol === symbol);
    const [first, last] = [own[Math.floor(own.length / 4)], own.at(-1)];
    if (first === undefined || last === undefined) return [];
    const { exchange, market_type, available_at: from } = first;
    const span = last.available_at - from + 1;
    const rowOf = (timestamp: number, seq: number): FundingRow => ({
      ...{ exchange, market_type, symbol, timestamp, seq },
      available_at: timestamp + (delays[random(delays.length)] ?? 0),
      funding_rate: `0.${String(random(1_000_000)).padStart(8, "0")}`,
    });
    const tooOld = rowOf((own[0]?.available_at ?? 0) - 2 * maxAgeMs, 1);
    return [tooOld, ...Array.from({ length: 120 }, (_, seq) => rowOf(from + random(span), seq))];
  });
}
