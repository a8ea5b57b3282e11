/** A case gives settlements; a bucket is closed a second after each. */
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
  await stage.settlements(
    events.map(({ ts, rate, interval_h }) => ({ ts, rate, nextTs: ts + interval_h * 3_600_000 })),
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
