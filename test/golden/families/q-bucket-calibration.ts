/** Calibration replays a state machine in TypeScript: the case's trades go through its two rules. */
import { ratioSize } from "../../../src/clock/calibrate.js";
import { closestSize } from "../../../src/clock/choose-size.js";
import { formatLots, parseLots } from "../../../src/clock/decimal.js";
import { paceOf } from "../../../src/clock/pace.js";
import { replaySizes } from "../../../src/clock/replay.js";
import { cutterParams, tradeBatch } from "../../support/trade-batches.js";
import type { Adapter } from "../adapter.js";
import { type CaseTrade, tradeRows } from "../case-trades.js";

interface Params {
  readonly t0: number;
  readonly t1: number;
  readonly t_target_s: number;
  readonly q_min: number;
  readonly q_max: number;
  readonly grid: readonly number[];
  readonly t_max_ms: number;
}

const minuteMs = 60_000;

export const qBucketCalibration: Adapter = async ({ inputs, params }) => {
  const { t0, t1, t_target_s: targetS, q_min: min, q_max: max, grid, t_max_ms: maxMs } = params as Params;
  const trades = tradeRows(inputs as readonly CaseTrade[]).filter(
    ({ timestamp }) => timestamp >= t0 && timestamp < t1,
  );
  const count = Math.ceil((t1 - t0) / minuteMs);
  const lots = Array.from({ length: count }, () => 0n);
  for (const { timestamp, quantity } of trades) {
    const minute = Math.floor((timestamp - t0) / minuteMs);
    lots[minute] = (lots[minute] ?? 0n) + parseLots(quantity);
  }
  const amounts = lots.filter((sum) => sum > 0n).map(Number);
  const pace = paceOf(amounts, count);
  const clock = { mode: "volume" as const, size: "1", maxMs, maxTrades: 1e9, bookGapMs: 0 };
  const replay = replaySizes(
    cutterParams(clock),
    grid.map((size) => ({ size: parseLots(String(size)), maxMs })),
  );
  replay.consume(tradeBatch(trades));
  const replayed = replay.finish(t1);
  const units = (size: bigint): number => Number(formatLots(size));
  const bounds = { min: parseLots(String(min)), max: parseLots(String(max)) };
  const closest = closestSize(replayed, targetS);
  return {
    actual: {
      vps_by_minute: lots.map((sum) => Number(sum) / 1e8 / 60),
      vps_p50_all_minutes: pace.p50 / 1e8,
      vps_p50_active_only: amounts.length === 0 ? null : paceOf(amounts, amounts.length).p50 / 1e8,
      q_ratio: units(ratioSize(pace, targetS * 1000, bounds)),
      replay: replayed.map(({ size, buckets, p50, p90, timeShare }) => ({
        q: units(size),
        n: buckets,
        p50_s: p50,
        p90_s: p90,
        time_cut_share: timeShare,
      })),
      q_replay: closest === undefined ? null : units(closest.size),
    },
  };
};
