/** A case gives log mids; each is the last valid one of a bucket. */
import type { Adapter } from "../adapter.js";
import { buckets } from "../bucket-rows.js";
import { Stage } from "../stage.js";

interface Params {
  readonly fast: number;
  readonly slow: number;
  readonly N: number;
  readonly min_obs: number;
  readonly c_in: number;
  readonly c_out: number;
  readonly confirm: number;
  readonly min_dwell: number;
}

export const trendStateRule: Adapter = async ({ inputs, params }, engine) => {
  const logs = inputs as readonly (number | null)[];
  const { fast, slow, N: before, min_obs: least, ...rule } = params as Params;
  const stage = await Stage.open(engine, {
    views: ["trend_state"],
    change: {
      trend_strength: (view) => {
        view.params = { fast, slow, least };
        view.windows.w120 = { buckets: slow + before, min: 1 };
      },
      trend_state: (view) => {
        const { c_in: enter, c_out: leave, confirm, min_dwell: shortest } = rule;
        view.params = { enter, leave, confirm, shortest };
        view.scan.buckets = Math.max(logs.length, 1);
      },
    },
  });
  const closed = buckets(logs.length);
  await stage.buckets(closed);
  await stage.store(
    "book_state",
    closed,
    logs.map((log) => ({ last_valid_mid: log === null ? null : Math.exp(log) })),
  );
  const strengths = await stage.rows("trend_strength");
  const states = await stage.rows("trend_state");
  return {
    actual: {
      rows: states.map(({ trend_state: state }, index) => ({
        diff: strengths[index]?.trend_difference,
        sigma: strengths[index]?.trend_sigma,
        state,
      })),
    },
  };
};
