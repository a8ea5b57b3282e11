/** A case gives highs and lows of minutes: two trades in each, and a bucket that ends with each minute but the first. */
import type { Adapter } from "../adapter.js";
import { lastRow, orNull } from "../bucket-rows.js";
import { Stage } from "../stage.js";

interface Bar {
  readonly high: number | null;
  readonly low: number | null;
}

const minute = 60_000;

export const corwinSchultz: Adapter = async ({ inputs }, engine) => {
  const bars = inputs as readonly Bar[];
  const stage = await Stage.open(engine, {
    views: ["corwin_schultz"],
    change: {
      corwin_schultz: (view) => {
        view.time_windows.t10m = `${Math.max(bars.length, 2)}m`;
      },
    },
  });
  await stage.buckets(
    bars.slice(1).map((_, index) => ({ start: (index + 1) * minute, end: (index + 2) * minute })),
  );
  await stage.trades(
    bars.flatMap(({ high, low }, index) =>
      [high, low]
        .filter((price) => price !== null)
        .map((price) => ({ ts: index * minute, price, qty: 1, side: "buy" })),
    ),
  );
  const rows = await stage.rows("corwin_schultz");
  const last = lastRow(rows);
  return {
    actual: orNull({
      pairs: rows.map(({ cs_beta: beta, cs_gamma: gamma, cs_alpha: alpha, cs_raw: raw = null }) =>
        raw === null ? null : { beta, gamma, alpha, spread_raw: raw, spread: Math.max(raw, 0) },
      ),
      mean_spread: last.cs_spread_10m,
      mean_spread_bps: last.cs_spread_bps_10m,
    }),
  };
};
