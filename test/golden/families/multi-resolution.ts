/** A case's rows are seconds with trades: one trade a side, and a bucket that ends with the second. */
import type { Adapter } from "../adapter.js";
import { Stage, type ViewRow } from "../stage.js";

interface Second {
  readonly ts_s: number;
  readonly notional: number;
  readonly vol: number;
  readonly buy: number;
  readonly sell: number;
}

export const multiResolution: Adapter = async ({ inputs, params }, engine) => {
  const seconds = inputs as readonly Second[];
  const { windows_s: lengths } = params as { readonly windows_s: readonly number[] };
  const own = ["t1", "t10", "t60"];
  const names = lengths.map((_, index) => own[index]?.slice(1) ?? "");
  if (lengths.length > own.length) throw new Error("the stock view has three windows");
  const stage = await Stage.open(engine, {
    views: ["flow_windows"],
    change: {
      flow_windows: (view) => {
        lengths.forEach((length, index) => {
          view.time_windows[own[index] ?? ""] = `${length}s`;
        });
      },
    },
  });
  await stage.buckets(seconds.map(({ ts_s: at }) => ({ start: at * 1000, end: (at + 1) * 1000 })));
  await stage.trades(
    seconds.flatMap(({ ts_s: at, notional, vol, buy, sell }) =>
      (["buy", "sell"] as const)
        .map((side) => ({ ts: at * 1000, price: notional / vol, qty: side === "buy" ? buy : sell, side }))
        .filter(({ qty }) => qty > 0),
    ),
  );
  const rows = await stage.rows("flow_windows");
  const window = (row: ViewRow, name: string) => ({
    vol: row[`volume_${name}`],
    imb: row[`signed_volume_${name}`],
    flow_imb: row[`flow_imbalance_${name}`],
    vwap: row[`vwap_${name}`],
    n_rows: row[`seconds_${name}`],
  });
  return {
    actual: rows.map((row, index) => ({
      ts_s: seconds[index]?.ts_s,
      ...Object.fromEntries(lengths.map((length, place) => [`w${length}`, window(row, names[place] ?? "")])),
    })),
  };
};
