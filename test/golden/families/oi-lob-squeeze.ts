/** A case gives open interest, imbalance and spread; each row is a bucket. */
import type { Adapter } from "../adapter.js";
import { buckets } from "../bucket-rows.js";
import { Stage } from "../stage.js";

interface Input {
  readonly oi: number | null;
  readonly imbalance: number | null;
  readonly spread_bps: number | null;
}

interface Params {
  readonly N: number;
  readonly min_obs: number;
}

export const oiLobSqueeze: Adapter = async ({ inputs, params }, engine) => {
  const rows = inputs as readonly Input[];
  const { N: before, min_obs: least } = params as Params;
  const stage = await Stage.open(engine, {
    views: ["oi_lob_squeeze"],
    change: {
      oi_lob_squeeze: (view) => {
        view.windows.before20 = { buckets: before, current: false, min: 1 };
        view.params = { least };
      },
    },
  });
  const closed = buckets(rows.length);
  await stage.buckets(closed);
  await stage.store(
    "oi_state",
    closed,
    rows.map(({ oi }) => ({ open_interest: oi })),
  );
  await stage.store(
    "book_shape",
    closed,
    rows.map(({ imbalance }) => ({ imbalance_5: imbalance })),
  );
  await stage.store(
    "book_state",
    closed,
    rows.map(({ spread_bps }) => ({ spread_bps })),
  );
  const changes = await stage.rows("oi_change");
  const found = await stage.rows("oi_lob_squeeze");
  return {
    actual: {
      dlog_oi: changes.map((row) => row.oi_change),
      z_doi: found.map((row) => row.oi_change_z_20),
      z_imb: found.map((row) => row.imbalance_z_20),
      z_inv_spread: found.map((row) => row.tightness_z_20),
      squeeze_score: found.map((row) => row.squeeze_score),
      raw_triple_product: found.map((row) => row.squeeze_product),
    },
  };
};
