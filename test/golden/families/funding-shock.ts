/**
 * A case gives settlements; a bucket is closed a second after each. Its times do not follow from its intervals, so the settlements
 * are named by times that do: each as long after the one before as its interval is.
 */
import type { Adapter } from "../adapter.js";
import { type GoldenBucket, Stage } from "../stage.js";

interface Settlement {
  readonly ts: number;
  readonly rate: number;
  readonly interval_h: number;
}

interface Params {
  readonly N: number;
  readonly min_obs: number;
  readonly z_thr: number;
}

export const fundingShock: Adapter = async ({ inputs, params }, engine) => {
  const events = inputs as readonly Settlement[];
  const { N: before, min_obs: least, z_thr: critical } = params as Params;
  const stage = await Stage.open(engine, {
    views: ["funding_shock"],
    change: {
      funding_shock: (view) => {
        view.max_age = "365d";
        view.params = { ...view.params, before, least, z_critical: critical };
      },
    },
  });
  const closed = events.map(({ ts }): GoldenBucket => ({ start: ts, end: ts + 1000 }));
  await stage.buckets(closed);
  const hourMs = 3_600_000;
  let settledTs = 0;
  await stage.settlements(
    events.map(({ ts, rate, interval_h }, index) => {
      settledTs += interval_h * hourMs;
      // Before the first one nothing is known: what the source says of the next one has to do.
      return { ts, rate, settledTs, ...(index === 0 ? { nextTs: settledTs + interval_h * hourMs } : {}) };
    }),
  );
  const rows = await stage.rows("funding_shock");
  return {
    actual: {
      rate_8h: rows.map((row) => row.funding_rate_8h),
      shock: rows.map((row) => row.funding_shock),
      shock_mag: rows.map(({ funding_shock: shock }) => (shock == null ? null : Math.abs(shock))),
      shock_sign: rows.map((row) => row.funding_shock_sign),
      z: rows.map((row) => row.funding_shock_z),
      is_shock: rows.map(({ is_funding_shock: is }) => (is == null ? null : is === 1)),
    },
  };
};
