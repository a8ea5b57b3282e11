/** A case gives closes and volumes of bars; each is a minute. */
import type { Adapter } from "../adapter.js";
import { buckets } from "../bucket-rows.js";
import { Stage, type ViewRow } from "../stage.js";

interface Bar {
  readonly close: number;
  readonly volume: number;
}

interface Params {
  readonly V: number | string;
  readonly n: number;
  /** Undefined: of all bars. */
  readonly sigma?: number | null;
}

export const vpinBvc: Adapter = async ({ inputs, params }, engine) => {
  const bars = inputs as readonly Bar[];
  const { V: volume, n, sigma } = params as Params;
  const length = Math.max(bars.length, 1);
  const stage = await Stage.open(engine, {
    views: ["vpin_bvc"],
    change: {
      bvc_1m: (view) => {
        view.windows.hour_before = { buckets: length, current: false, min: 1 };
      },
      bvc_sides_1m: (view) => {
        // Of the whole sample: every bar's window holds all of them, as no feature's may.
        view.columns.sigma_dp.sql = String(sigma ?? wholeSample(bars));
      },
      vpin_bvc: (view) => {
        view.params.volume_buckets_used = n;
        view.windows.w240 = { buckets: length, min: 1 };
        view.let.bucket_volume = `toNullable(toFloat64(${Number(volume)}))`;
      },
    },
  });
  const minutes = buckets(bars.length);
  await stage.buckets(minutes, 0, "every_1m");
  const rows = bars.map(({ close, volume: traded }): ViewRow => ({ close_1m: close, total_vol_1m: traded }));
  await stage.store("trades_1m", minutes, rows);
  // Of every minute, whatever was traded: its rows are those of bvc_1m.
  await stage.rows("price_impact_1m");
  await stage.rows("bvc_1m");
  const sides = await stage.rows("bvc_sides_1m");
  const names = ["buy_parts", "vpins"];
  const { buy_parts: parts = [], vpins = [] } = await stage.intermediates("vpin_bvc", names);
  return {
    actual: {
      sigma_dp: sides.at(-1)?.sigma_dp ?? sigma ?? null,
      buy_fraction: sides.map((row) => row.buy_fraction),
      buckets: (parts as number[]).map((buy) => ({
        buy,
        sell: Number(volume) - buy,
        oi: Math.abs(2 * buy - Number(volume)),
      })),
      vpin: vpins,
    },
  };
};

/** The sample standard deviation of price changes, as an expression; NULL with fewer than two. */
function wholeSample(bars: readonly Bar[]): string {
  const changes = bars.slice(1).map(({ close }, index) => close - (bars[index]?.close ?? close));
  return changes.length < 2
    ? "toNullable(0)"
    : `arrayReduce('stddevSampStable', [${changes.map((change) => `toFloat64(${change})`).join(", ")}])`;
}
