/** A case gives volatilities; each is that of a bucket. */
import type { Adapter } from "../adapter.js";
import { buckets } from "../bucket-rows.js";
import { Stage } from "../stage.js";

interface Params {
  readonly N: number;
  readonly min_obs: number;
  readonly hi: number;
  readonly hi_exit: number;
  readonly lo: number;
  readonly lo_exit: number;
}

const names = new Map([
  [1, "high"],
  [0, "normal"],
  [-1, "low"],
]);

export const regimeGating: Adapter = async ({ inputs, params }, engine) => {
  const values = inputs as readonly (number | null)[];
  const { N: before, min_obs: least, hi: high, hi_exit, lo: low, lo_exit } = params as Params;
  const stage = await Stage.open(engine, {
    views: ["volatility_regime"],
    change: {
      volatility_rank: (view) => {
        view.windows.before500 = { buckets: before, current: false, min: 1 };
        view.params.least = least;
      },
      volatility_regime: (view) => {
        view.params = { high, high_exit: hi_exit, low, low_exit: lo_exit };
        view.scan.buckets = Math.max(values.length, 1);
      },
    },
  });
  const closed = buckets(values.length);
  await stage.buckets(closed);
  await stage.store(
    "realised_volatility",
    closed,
    values.map((rvol) => ({ rvol_300: rvol })),
  );
  const ranks = await stage.rows("volatility_rank");
  const regimes = await stage.rows("volatility_regime");
  return {
    actual: regimes.map(({ volatility_regime: regime }, index) => ({
      pct: ranks[index]?.volatility_rank_500,
      regime: regime == null ? null : names.get(regime),
    })),
  };
};
