/** A case gives prices; each stands as the close of a bucket. */
import type { Adapter } from "../adapter.js";
import { buckets, lastRow, orNull } from "../bucket-rows.js";
import { Stage } from "../stage.js";

export const rollSpread: Adapter = async ({ inputs }, engine) => {
  const prices = inputs as readonly number[];
  const stage = await Stage.open(engine, {
    views: ["roll_spread"],
    change: {
      roll_spread: (view) => {
        view.windows.w50 = { buckets: Math.max(prices.length, 1), min: 1 };
      },
    },
  });
  const closed = buckets(prices.length);
  await stage.buckets(closed);
  await stage.store(
    "order_flow",
    closed,
    prices.map((close) => ({ close })),
  );
  await stage.rows("bucket_returns");
  const last = lastRow(await stage.rows("roll_spread"));
  const flag = last.is_autocov_positive_50 ?? null;
  return {
    actual: orNull({
      autocov: last.autocov_50,
      roll_spread: last.roll_spread_50,
      roll_bps: last.roll_spread_bps_50,
      positive_autocov: flag === null ? null : flag === 1,
    }),
  };
};
