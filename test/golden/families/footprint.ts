/** Cells, range and point of control of each bar, from its trades. */
import type { Adapter } from "../adapter.js";
import { type GoldenTrade, Stage, type ViewRow } from "../stage.js";

interface Trade extends Omit<GoldenTrade, "ts"> {
  readonly bar: number;
  readonly bar_end_ts: number;
}

export const footprint: Adapter = async ({ inputs, params }, engine) => {
  const { trades } = inputs as { readonly trades: readonly Trade[] };
  const { bin_width: width } = params as { readonly bin_width: string };
  // One bin is one tick of the bin's width: the parameter of the stock view counts ticks.
  const oneTick = (view: { params: Record<string, number> }): void => {
    view.params.bin_ticks = 1;
  };
  const stage = await Stage.open(engine, {
    views: ["footprint", "footprint_poc"],
    change: { footprint: oneTick, footprint_poc: oneTick },
    tickSize: width,
  });
  const bars = [...new Map(trades.map((trade) => [trade.bar, trade.bar_end_ts]))].sort((a, b) => a[0] - b[0]);
  const duration = Math.min(...bars.map(([, end], index) => end - (bars[index - 1]?.[1] ?? 0)));
  await stage.buckets(bars.map(([, end]) => ({ start: end - duration, end })));
  await stage.trades(
    trades.map((trade, index) => ({ ...trade, ts: trade.bar_end_ts - duration + (index % duration) })),
  );
  const barOf = (row: ViewRow): number => bars[Number(row.bucket_id) - 1]?.[0] ?? -1;
  const cells = (await stage.rows("footprint")).map((row) => ({
    bar: barOf(row),
    bin: row.px_bin,
    bin_low: lowOf(Number(row.px_bin), width),
    buy: row.bin_buy,
    sell: row.bin_sell,
    total: row.bin_volume,
    delta: row.bin_delta,
  }));
  const ofBars = await stage.rows("footprint_poc");
  const byBar = (column: string) => Object.fromEntries(ofBars.map((row) => [barOf(row), row[column]]));
  const reason = "marks over a window of bars need windows over bins and forward returns";
  return {
    actual: { footprint: cells, bar_range_bps: byBar("range_bps"), poc_bin: byBar("poc_bin") },
    notCovered: { volume_threshold: reason, candidates: reason },
  };
};

/** `bin * width`, exactly. */
function lowOf(bin: number, width: string): string {
  const decimals = width.split(".")[1]?.length ?? 0;
  const lots = BigInt(bin) * BigInt(width.replace(".", ""));
  const digits = lots.toString().padStart(decimals + 1, "0");
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}
