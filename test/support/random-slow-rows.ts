/** Rows of sources that come once in a while, over the time of given buckets. */

import { randomSettlements } from "./oracle/features/funding-shock.js";
import { randomLiquidations } from "./oracle/features/liquidation-cascade.js";
import type { SlowRow } from "./oracle/newest-known.js";
import { type BucketRow, byInstrument } from "./oracle/rows.js";
import type { FundingRow, InterestRow, LiquidationRow, VolatilityIndexRow } from "./raw-rows.js";

export interface SlowRows {
  readonly funding: readonly FundingRow[];
  readonly interest: readonly InterestRow[];
  readonly indices: readonly VolatilityIndexRow[];
  readonly liquidations: readonly LiquidationRow[];
}

/**
 * Rows that become known in another order than they happened: some late, several at once. The first quarter of each instrument's
 * buckets has none but one that is too old, and the last tenth none at all.
 */
export function randomSlowRows(buckets: readonly BucketRow[]): SlowRows {
  let state = 12_345;
  const random = (below: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  const places = (delays: readonly number[], count: number): SlowRow[] =>
    [...byInstrument(buckets).values()].flatMap((own) => {
      const [first, last] = [own[Math.floor(own.length / 4)], own[Math.floor(own.length * 0.9)]];
      if (first === undefined || last === undefined) return [];
      const { exchange, market_type, symbol, available_at: from } = first;
      const span = last.available_at - from + 1;
      const at = (timestamp: number, seq: number): SlowRow => ({
        ...{ exchange, market_type, symbol, timestamp, seq },
        available_at: timestamp + (delays[random(delays.length)] ?? 0),
      });
      const tooOld = at((own[0]?.available_at ?? 0) - 18 * 3_600_000, 1);
      return [tooOld, ...Array.from({ length: count }, (_, seq) => at(from + random(span), seq))];
    });
  const digits = (count: number): string => String(random(10 ** count)).padStart(count, "0");
  return {
    funding: [
      ...randomSettlements(buckets),
      ...places([0, 0, 2000, 30_000, 3_600_000], 120).map((row): FundingRow => {
        const prices = {
          mark_price: `60${digits(3)}.${digits(2)}`,
          index_price: `60${digits(3)}.${digits(2)}`,
        };
        return {
          ...row,
          funding_rate: `0.${digits(6).padStart(8, "0")}`,
          ...(random(4) === 0 ? {} : prices),
        };
      }),
    ],
    interest: places([0, 500, 4000], 200).map((row) => ({
      ...row,
      // Often the same as before, so that there are windows without any variance.
      open_interest: random(3) === 0 ? `81${digits(3)}.${digits(3)}` : "81000.5",
    })),
    indices: places([0, 1000, 60_000], 60).map((row) => ({
      ...row,
      index_value: `${30 + random(60)}.${digits(2)}`,
    })),
    liquidations: randomLiquidations(buckets),
  };
}
