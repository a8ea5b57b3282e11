import type { FundingRow } from "../../raw-rows.js";
import { type BucketRow, isSameInstrument } from "../rows.js";
import { zScore } from "../z-score.js";

export interface FundingShock {
  readonly funding_rate_8h: number | null;
  readonly funding_shock: number | null;
  readonly funding_shock_sign: number | null;
  readonly is_funding_shock: number | null;
  readonly funding_shock_z: number | null;
  readonly funding_shock_decayed: number | null;
  readonly settlement_age_s: number;
}

const reachMs = 72 * 3_600_000;
const hourMs = 3_600_000;

/** Undefined where no settlement of the last 72 hours was known with the bucket. */
export function naiveFundingShock(bucket: BucketRow, rows: readonly FundingRow[]): FundingShock | undefined {
  const polls = rows
    .filter(
      (row) =>
        isSameInstrument(row, bucket) &&
        row.funding_time !== undefined &&
        row.available_at <= bucket.available_at &&
        row.timestamp >= bucket.available_at - reachMs,
    )
    .sort((a, b) => a.timestamp - b.timestamp || a.seq - b.seq);
  const settled = polls.filter((row, index) => row.funding_time !== polls[index - 1]?.funding_time);
  const rates = settled.map((row, index): number | null => {
    const before = settled[index - 1]?.funding_time;
    const at = row.funding_time ?? 0;
    const announced = settled[index - 1]?.next_funding_time;
    const next = row.next_funding_time;
    const since = before === undefined ? null : at - before;
    const until = next === undefined ? null : next - at;
    const ms = announced === undefined ? (until ?? since) : at <= announced ? since : until;
    return ms === null || ms === 0 ? null : (Number(row.funding_rate) * 8) / (ms / hourMs);
  });
  const last = settled.at(-1);
  if (last === undefined) return undefined;
  const rate = rates.at(-1) ?? null;
  const previous = rates.at(-2) ?? null;
  const shock = rate === null || previous === null ? null : rate - previous;
  const window = rates
    .slice(0, -1)
    .slice(-6)
    .filter((value) => value !== null);
  const z = zScore(rate, window, 3);
  const age = bucket.available_at - last.timestamp;
  return {
    funding_rate_8h: rate,
    funding_shock: shock,
    funding_shock_sign: shock === null ? null : Math.sign(shock),
    funding_shock_z: z,
    is_funding_shock: z === null ? null : Number(Math.abs(z) >= 3),
    funding_shock_decayed: shock === null ? null : shock * 2 ** (-age / hourMs / 8),
    settlement_age_s: age / 1000,
  };
}

/** Settlements of each instrument every one, four or eight hours up to its last bucket: some polled twice, some known late. */
export function randomSettlements(buckets: readonly BucketRow[]): FundingRow[] {
  const symbols = [...new Set(buckets.map(({ symbol }) => symbol))];
  return symbols.flatMap((symbol, place) => {
    const last = buckets.findLast((bucket) => bucket.symbol === symbol);
    if (last === undefined) return [];
    const { exchange, market_type } = last;
    let state = 777 + place;
    const random = (below: number): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state % below;
    };
    const rows: FundingRow[] = [];
    let at = last.available_at - random(120_000);
    while (rows.length < 30) {
      const hours = [1, 4, 8][random(3)] ?? 8;
      const row = {
        ...{ exchange, market_type, symbol, timestamp: at, seq: 1000 + rows.length },
        available_at: at + (random(3) === 0 ? random(60_000) : 0),
        funding_rate: `${random(2) === 0 ? "-" : ""}0.000${String(random(100_000)).padStart(5, "0")}`,
        funding_time: at,
        ...(random(3) === 0 ? {} : { next_funding_time: at + hours * hourMs }),
      };
      rows.push(row);
      // The same settlement again, when it was polled once more; and a rate before it, which is none.
      if (random(2) === 0)
        rows.push({ ...row, timestamp: at + 1000, available_at: at + 1000, seq: row.seq + 500 });
      if (random(2) === 0) {
        const { funding_time: _, next_funding_time: __, ...polled } = row;
        rows.push({ ...polled, timestamp: at - 500, available_at: at - 500, seq: row.seq + 900 });
      }
      at -= rows.length < 6 ? 20_000 + random(40_000) : hours * hourMs;
    }
    return rows;
  });
}
