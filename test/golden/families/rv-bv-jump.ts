/** A case gives log returns; a book stands half a second before each whole second, at the mid that they lead to. */
import type { Adapter } from "../adapter.js";
import { booksOfReturns, lastRow, normalQuantile } from "../bucket-rows.js";
import { Stage } from "../stage.js";

export const rvBvJump: Adapter = async ({ inputs, params }, engine) => {
  const returns = inputs as readonly number[];
  const { alpha } = params as { readonly alpha: number };
  const seconds = Math.max(returns.length, 1);
  const stage = await Stage.open(engine, {
    views: ["realised_volatility"],
    change: {
      realised_volatility: (view) => {
        view.time_windows.t60 = `${seconds}s`;
        view.params.z_critical = normalQuantile(1 - alpha);
      },
    },
  });
  await stage.buckets([{ start: 0, end: seconds * 1000 }]);
  await stage.books(booksOfReturns(returns));
  const row = lastRow(await stage.rows("realised_volatility"));
  const n = row.returns_60 ?? 0;
  const bv = row.bv_60 ?? null;
  return {
    actual: {
      n,
      rv: row.rv_60,
      rvol: row.rvol_60,
      bv_uncorrected: bv === null ? null : (bv * (n - 1)) / n,
      bv,
      tp: row.tripower_60,
      medrv: row.medrv_60,
      rs_plus: row.rs_up_60,
      rs_minus: row.rs_down_60,
      z: row.jump_z_60,
      p: row.jump_p_60,
      jump_raw: row.jump_raw_60,
      jump_sig: row.jump_60,
      rj: row.jump_share_60,
      continuous: row.continuous_60,
    },
  };
};
