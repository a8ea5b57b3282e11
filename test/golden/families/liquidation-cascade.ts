/** A case gives orders and mids; a bucket is closed behind each of them, and a cascade is taken from the last one that tells of it. */
import type { Adapter } from "../adapter.js";
import { type GoldenLiquidation, Stage, type ViewRow } from "../stage.js";

interface Inputs {
  readonly liquidations: readonly GoldenLiquidation[];
  readonly mids: readonly { readonly ts: number; readonly mid: number }[];
}

interface Params {
  readonly gap_ms: number;
  readonly min_events: number;
  readonly min_notional: number;
  readonly horizon_ms: number;
}

const longDays = 24;

export const liquidationCascade: Adapter = async ({ inputs, params }, engine) => {
  const { liquidations, mids } = inputs as Inputs;
  const { gap_ms, min_events, min_notional, horizon_ms } = params as Params;
  const stage = await Stage.open(engine, {
    views: ["liquidation_cascade"],
    change: {
      liquidation_runs: (view) => {
        view.max_age = `${longDays}d`;
        view.params = { gap_ms, min_events, min_notional };
      },
      liquidation_cascade: (view) => {
        view.params = { horizon_ms };
        view.windows.w900 = { seconds: 86_400 * longDays };
      },
    },
    bookGapMs: 365 * 86_400_000,
  });
  const times = [...new Set([...liquidations, ...mids].map(({ ts }) => ts))].sort((a, b) => a - b);
  const closed = times.map((ts, index) => ({ start: (times[index - 1] ?? ts - 1) + 1, end: ts + 1 }));
  await stage.buckets(closed);
  await stage.liquidations(liquidations);
  await stage.books(mids.map(({ ts, mid }) => ({ ts, bids: [[mid - 0.001, 1]], asks: [[mid + 0.001, 1]] })));
  await stage.store(
    "order_flow",
    closed,
    closed.map(() => ({})),
  );
  await stage.rows("mid_changes");
  const runs = await stage.rows("liquidation_runs");
  const outcomes = new Map((await stage.rows("liquidation_cascade")).map((row) => [row.bucket_id, row]));
  const found = new Map<string, Record<string, unknown>>();
  for (const run of runs) {
    for (const side of ["long", "short"]) {
      const from = run[`${side}_from_ms`];
      if (from == null) continue;
      const start = from - stage.epoch;
      found.set(
        `${side} ${start}`,
        cascade(side, start, { run, outcome: outcomes.get(run.bucket_id) ?? {}, epoch: stage.epoch }),
      );
    }
  }
  return { actual: [...found.values()].sort((a, b) => Number(a.start_ts) - Number(b.start_ts)) };
};

interface Sides {
  readonly run: ViewRow;
  readonly outcome: ViewRow;
  readonly epoch: number;
}

function cascade(side: string, start: number, { run, outcome, epoch }: Sides): Record<string, unknown> {
  const times = (value: number | null | undefined, factor: number) => (value == null ? null : value * factor);
  return {
    side,
    start_ts: start,
    end_ts: (run[`${side}_to_ms`] ?? 0) - epoch,
    n: run[`${side}_events`],
    notional: run[`${side}_notional`],
    duration_ms: times(run[`${side}_duration_s`], 1000),
    pre_mid: outcome[`${side}_pre_mid`] ?? null,
    extreme_mid: outcome[`${side}_extreme_mid`] ?? null,
    impact_bps: outcome[`${side}_impact_bps`] ?? null,
    half_recovery_ms: times(outcome[`${side}_half_recovery_s`], 1000),
  };
}
