/** A case gives an index and the returns before it; each is that of a bucket. */
import type { Adapter } from "../adapter.js";
import { buckets } from "../bucket-rows.js";
import { Stage } from "../stage.js";

interface Inputs {
  readonly iv: readonly (number | null)[];
  readonly returns: readonly (readonly number[])[];
}

interface Params {
  readonly dt_s: number;
  readonly N: number;
  readonly min_obs: number;
}

export const ivRvSpread: Adapter = async ({ inputs, params }, engine) => {
  const { iv, returns } = inputs as Inputs;
  const { dt_s: step, N: before, min_obs: least } = params as Params;
  const stage = await Stage.open(engine, {
    views: ["iv_rv_spread"],
    change: {
      iv_rv_spread: (view) => {
        view.windows.before20 = { buckets: before, current: false, min: 1 };
        view.params = { step_s: step, least };
      },
    },
  });
  const closed = buckets(iv.length);
  await stage.buckets(closed);
  const squares = (list: readonly number[]): number => list.reduce((sum, value) => sum + value * value, 0);
  await stage.store(
    "realised_volatility",
    closed,
    returns.map((list) => ({ rv_300: list.length === 0 ? null : squares(list), returns_300: list.length })),
  );
  await stage.store(
    "volatility_index",
    closed,
    iv.map((value) => ({ implied_volatility: value })),
  );
  const rows = await stage.rows("iv_rv_spread");
  return {
    actual: {
      rv_ann_pct: rows.map((row) => row.realised_annual),
      iv_minus_rv: rows.map((row) => row.iv_minus_rv),
      iv_div_rv: rows.map((row) => row.iv_over_rv),
      variance_premium: rows.map((row) => row.variance_premium),
      z: rows.map((row) => row.iv_rv_z_20),
    },
  };
};
