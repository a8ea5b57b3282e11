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
  const stage = await Stage.open(engine, {
    views: ["flow_windows"],
    change: {
      flow_windows: (view) => {
        view.time_windows = Object.fromEntries(lengths.map((length) => [`t${length}`, `${length}s`]));
        const ofOneSecond = Object.entries<{ sql: string }>(view.columns).filter(([name]) =>
          /_1$/.test(name),
        );
        view.columns = Object.fromEntries(
          lengths.flatMap((length) =>
            ofOneSecond.map(([name, { sql }]) => [
              name.replace(/_1$/, `_${length}`),
              {
                sql: sql
                  .replaceAll(/\b(t|volume_)1\b/g, `$1${length}`)
                  .replaceAll("signed_volume_1 ", `signed_volume_${length} `),
              },
            ]),
          ),
        );
        view.expect = {};
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
  const window = (row: ViewRow, name: number) => ({
    vol: row[`volume_${name}`],
    imb: row[`signed_volume_${name}`],
    flow_imb: row[`flow_imbalance_${name}`],
    vwap: row[`vwap_${name}`],
    n_rows: row[`seconds_${name}`],
  });
  return {
    actual: rows.map((row, index) => ({
      ts_s: seconds[index]?.ts_s,
      ...Object.fromEntries(lengths.map((length) => [`w${length}`, window(row, length)])),
    })),
  };
};
