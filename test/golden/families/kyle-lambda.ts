/** A case gives what a bucket's views hold: mids, signed volume and signed root of notional. */
import type { Adapter } from "../adapter.js";
import { buckets, lastRow, orNull } from "../bucket-rows.js";
import { Stage, type ViewRow } from "../stage.js";

interface Input {
  readonly mid_start: number | null;
  readonly mid_end: number | null;
  readonly signed_volume: number;
  readonly signed_sqrt_notional: number;
}

export const kyleLambda: Adapter = async ({ inputs, params }, engine) => {
  const rows = inputs as readonly Input[];
  const { min_obs: least } = params as { readonly min_obs: number };
  const stage = await Stage.open(engine, {
    views: ["kyle_lambda"],
    change: {
      kyle_lambda: (view) => {
        view.windows.w50 = { buckets: Math.max(rows.length, 1), min: 1 };
        view.params.min_obs = least;
      },
    },
  });
  const closed = buckets(rows.length);
  await stage.buckets(closed);
  const store = (view: string, of: (row: Input) => ViewRow) => stage.store(view, closed, rows.map(of));
  await store("trade_impact", (row) => ({ signed_volume: row.signed_volume }));
  await store("trade_pressure", (row) => ({ signed_sqrt_notional: row.signed_sqrt_notional }));
  await store("book_state", (row) => ({ mid_start: row.mid_start, last_valid_mid: row.mid_end }));
  const found = await stage.rows("kyle_lambda");
  const last = lastRow(found);
  const scaled = last.hasbrouck_lambda_50 ?? null;
  return {
    actual: orNull({
      per_bucket_ratio: found.map((row) => row.kyle_ratio),
      ols_lambda: last.kyle_lambda_50,
      ols_alpha: last.kyle_alpha_50,
      ols_t: last.kyle_t_50,
      ols_r2: last.kyle_r2_50,
      noint_lambda: last.kyle_noint_50,
      hasbrouck_lambda: scaled === null ? null : scaled / 1e6,
      hasbrouck_lambda_1e6: scaled,
    }),
  };
};
