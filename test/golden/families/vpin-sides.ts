/** A case gives trades: one bucket of the clock holds them all, and volume buckets are cut inside of it. */
import type { Adapter } from "../adapter.js";
import { type CaseTrade, tradeRows } from "../case-trades.js";
import { Stage, type ViewRow } from "../stage.js";

interface Params {
  readonly V: string | number;
  readonly n: number;
}

export const vpinSides: Adapter = async ({ inputs, params }, engine) => {
  const { V: volume, n } = params as Params;
  const trades = tradeRows(inputs as readonly CaseTrade[]);
  const stage = await Stage.open(engine, {
    views: ["vpin_exact"],
    change: {
      volume_buckets: (view) => {
        view.split.volume = Number(volume);
      },
      vpin_exact: (view) => {
        view.params.volume_buckets_used = n;
      },
    },
  });
  const [first, last] = [trades[0], trades.at(-1)];
  if (first === undefined || last === undefined)
    return { actual: { buckets: [], vpin: [], residual: { buy: 0, sell: 0 } } };
  await stage.buckets([{ start: first.timestamp, end: last.timestamp + 1 }]);
  await stage.trades(
    trades.map(({ timestamp: ts, price, quantity: qty, side }) => ({ ts, price, qty, side })),
  );
  const parts = await stage.rows("volume_buckets");
  await stage.rows("order_flow");
  const [vpin] = await stage.rows("vpin_exact");
  const { vpins = [] } = await stage.intermediates("vpin_exact", ["vpins"]);
  const full = (part: ViewRow): boolean => part.is_last_part === 1;
  return {
    actual: {
      buckets: parts.filter(full).map((part) => ({
        buy: part.slice_buy,
        sell: part.slice_sell,
        oi: Math.abs((part.slice_buy ?? 0) - (part.slice_sell ?? 0)),
        end_ts: (part.last_ms ?? 0) - stage.epoch,
        end_trade_id: trades[(part.last_trade_seq ?? 0) - 1]?.trade_seq,
      })),
      vpin: vpins,
      residual: { buy: vpin?.open_buy_volume, sell: vpin?.open_sell_volume },
    },
  };
};
