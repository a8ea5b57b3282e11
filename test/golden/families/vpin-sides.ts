/** A case gives trades: those of a millisecond are a bucket of the clock, and volume buckets are cut across them. */
import { formatLots, parseLots } from "../../../src/clock/decimal.js";
import type { TradeRow } from "../../support/oracle/rows.js";
import type { Adapter } from "../adapter.js";
import { type CaseTrade, tradeRows } from "../case-trades.js";
import { Stage } from "../stage.js";

interface Params {
  readonly V: string | number;
  readonly n: number;
}

/** Exact, as text. */
const volumeOf = (trades: readonly TradeRow[]): string =>
  formatLots(trades.reduce((sum, { quantity }) => sum + parseLots(quantity), 0n));

export const vpinSides: Adapter = async ({ inputs, params }, engine) => {
  const { V: volume, n } = params as Params;
  const trades = tradeRows(inputs as readonly CaseTrade[]);
  const times = [...new Set(trades.map(({ timestamp }) => timestamp))];
  const stage = await Stage.open(engine, {
    views: ["vpin_exact"],
    change: {
      volume_buckets: (view) => {
        view.split.volume = Number(volume);
      },
      vpin_exact: (view) => {
        view.params.volume_buckets_used = n;
        view.windows.w250.buckets = Math.max(times.length, 1);
      },
    },
  });
  if (times.length === 0) return { actual: { buckets: [], vpin: [], residual: { buy: 0, sell: 0 } } };
  await stage.buckets(
    times.map((start) => ({
      start,
      end: start + 1,
      volume: volumeOf(trades.filter((trade) => trade.timestamp === start)),
    })),
  );
  await stage.trades(
    trades.map(({ timestamp: ts, price, quantity: qty, side }) => ({ ts, price, qty, side })),
  );
  const parts = await stage.rows("volume_buckets");
  await stage.rows("order_flow");
  const vpin = (await stage.rows("vpin_exact")).at(-1);
  const arrays = await stage.intermediates("vpin_exact", ["vpins", "buys", "sells"]);
  const units = (lots: unknown): number => Number(lots) / 1e8;
  const [buys, sells] = [arrays.buys, arrays.sells].map((lots) => (lots as unknown[]).map(units));
  const ends = parts.filter(({ is_last_part: isLast }) => isLast === 1);
  return {
    actual: {
      buckets: ends.map((part, index) => ({
        buy: buys?.[index],
        sell: sells?.[index],
        oi: Math.abs((buys?.[index] ?? 0) - (sells?.[index] ?? 0)),
        end_ts: (part.last_ms ?? 0) - stage.epoch,
        end_trade_id: trades[(part.last_trade_seq ?? 0) - 1]?.trade_seq,
      })),
      vpin: arrays.vpins,
      residual: { buy: vpin?.open_buy_volume, sell: vpin?.open_sell_volume },
    },
  };
};
