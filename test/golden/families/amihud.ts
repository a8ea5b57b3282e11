/** A case gives opens, closes and quote volumes; an open is the close of the bucket before. */
import type { Adapter } from "../adapter.js";
import { buckets, columnsWith, lastRow, orNull } from "../bucket-rows.js";
import { Stage, type ViewRow } from "../stage.js";

interface Input {
  readonly open: number | null;
  readonly close: number | null;
  readonly quote_volume: number;
}

export const amihud: Adapter = async ({ inputs, params }, engine) => {
  const rows = inputs as readonly Input[];
  const { scale = 1e6 } = params as { readonly scale?: number };
  // Where an open is not the close before it, a bucket without volume stands in between: it has no value of its own.
  const flows: ViewRow[] = [];
  const places = rows.map(({ open, close, quote_volume }) => {
    if (flows.at(-1)?.close !== open) flows.push({ close: open, quote_volume: 0 });
    return flows.push({ close, quote_volume });
  });
  const stage = await Stage.open(engine, {
    views: ["amihud"],
    change: {
      amihud: (view) => {
        view.windows.w50 = { buckets: Math.max(flows.length, 1), min: 1 };
        columnsWith(view, (sql) => sql.replaceAll("1e6", String(scale)));
      },
    },
  });
  const closed = buckets(flows.length);
  await stage.buckets(closed);
  await stage.store("order_flow", closed, flows);
  await stage.rows("bucket_returns");
  const found = await stage.rows("amihud");
  const last = lastRow(found);
  return {
    actual: orNull({
      illiq: places.map((place) => found[place - 1]?.illiquidity),
      mean_1e6: last.amihud_50,
      n_used: last.amihud_used_50 ?? 0,
    }),
  };
};
