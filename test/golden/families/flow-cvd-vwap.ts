/** A case gives a bucket's volumes by side and its notional. */
import type { Adapter } from "../adapter.js";
import { buckets } from "../bucket-rows.js";
import { Stage } from "../stage.js";

interface Input {
  readonly buy: number;
  readonly sell: number;
  readonly notional: number;
}

interface Params {
  readonly N: number;
  readonly min_obs: number;
  readonly W: number;
}

export const flowCvdVwap: Adapter = async ({ inputs, params }, engine) => {
  const rows = inputs as readonly Input[];
  const { N: before, min_obs: least, W: width } = params as Params;
  const stage = await Stage.open(engine, {
    views: ["flow_cvd_vwap"],
    change: {
      flow_cvd_vwap: (view) => {
        view.windows.before20 = { buckets: before, current: false, min: least };
        view.windows.w20 = { buckets: width, min: 1 };
      },
    },
  });
  const closed = buckets(rows.length);
  await stage.buckets(closed);
  const flows = rows.map(({ buy, sell, notional }) => ({
    buy_volume: buy,
    sell_volume: sell,
    volume: buy + sell,
    quote_volume: notional,
    vwap: buy + sell === 0 ? null : notional / (buy + sell),
  }));
  await stage.store("order_flow", closed, flows);
  const found = await stage.rows("flow_cvd_vwap");
  return {
    actual: found.map((row) => ({
      delta: row.delta,
      cvd: row.cvd,
      delta_cvd_3: row.cvd_change_3,
      delta_z: row.delta_z_20,
      vwap: row.vwap_20,
      sigma_vwap: row.sigma_vwap_20,
      vwap_dev: row.vwap_dev_20,
      volume_spike: row.volume_spike_20,
    })),
  };
};
