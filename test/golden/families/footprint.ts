/** Cells, range and point of control of each bar, from its trades; marks of the bins of all bars, as of the moment of the run. */
import type { Engine } from "../../../src/engine/port.js";
import type { Adapter } from "../adapter.js";
import { type GoldenBucket, type GoldenTrade, Stage, type ViewRow, type ViewYaml } from "../stage.js";

interface Trade extends Omit<GoldenTrade, "ts"> {
  readonly bar: number;
  readonly bar_end_ts: number;
}

interface Inputs {
  readonly trades: readonly Trade[];
  readonly fwd_ret_by_bar?: Readonly<Record<string, number | null>>;
}

interface Params {
  readonly bin_width: string;
  readonly run_ts: number;
  readonly h_ms: number;
  readonly p: number;
  readonly r_max_bps: number;
  readonly a_max: number;
  readonly e_min: number;
}

export const footprint: Adapter = async ({ inputs, params }, engine) => {
  const { trades, fwd_ret_by_bar: forward = {} } = inputs as Inputs;
  const { bin_width: width, run_ts: run } = params as Params;
  if (trades.length === 0) {
    return {
      actual: { footprint: [], bar_range_bps: {}, poc_bin: {}, volume_threshold: null, candidates: [] },
    };
  }
  const bars = [...new Map(trades.map((trade) => [trade.bar, trade.bar_end_ts]))].sort((a, b) => a[0] - b[0]);
  const duration = Math.min(...bars.map(([, end], index) => end - (bars[index - 1]?.[1] ?? 0)));
  const ofBars = bars.map(([, end]): GoldenBucket => ({ start: end - duration, end }));
  const lastEnd = bars.at(-1)?.[1] ?? 0;
  // A run after the last bar is a bucket without trades.
  const buckets = run > lastEnd ? [...ofBars, { start: lastEnd, end: run }] : ofBars;
  const stage = await openStage(engine, params as Params, buckets.length);
  await stage.buckets(buckets);
  await stage.trades(
    trades.map((trade, index) => ({ ...trade, ts: trade.bar_end_ts - duration + (index % duration) })),
  );
  await stage.store(
    "forward_return",
    ofBars,
    bars.map(([bar]) => ({ forward_return_60: forward[bar] ?? null })),
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
  const points = await stage.rows("footprint_poc");
  const byBar = (column: string) => Object.fromEntries(points.map((row) => [barOf(row), row[column]]));
  const levels = (await stage.rows("footprint_levels")).filter((row) => row.bucket_id === buckets.length);
  return {
    actual: {
      footprint: cells,
      bar_range_bps: byBar("range_bps"),
      poc_bin: byBar("poc_bin"),
      volume_threshold: levels[0]?.volume_threshold ?? null,
      candidates: levels.map((row) => ({
        bin: row.px_bin,
        bin_low: lowOf(Number(row.px_bin), width),
        total: row.level_volume,
        delta: row.level_delta,
        abs_delta_ratio: row.level_lean,
        range_bps_vw: row.level_range_bps,
        fwd_ret_vw: row.level_forward_return,
        last_seen_ts: Number(row.bucket_end) - Number(row.seen_ago_ms),
        type: typeOf(row),
      })),
    },
  };
};

function typeOf(row: ViewRow): string {
  if (row.is_absorption === 1) return "absorption";
  return row.is_exhaustion === 1 ? "exhaustion" : "none";
}

function openStage(engine: Engine, params: Params, length: number): Promise<Stage> {
  // One bin is one tick of the bin's width: the parameter of the stock view counts ticks.
  const oneTick = (view: ViewYaml): void => {
    view.params.bin_ticks = 1;
  };
  const wait = `${params.h_ms}ms`;
  return Stage.open(engine, {
    views: ["footprint_levels"],
    change: {
      footprint: oneTick,
      footprint_poc: oneTick,
      forward_return: (view) => {
        view.delay = wait;
        view.lookup.later.at = wait;
      },
      footprint_levels: (view) => {
        view.over_by.buckets = length;
        Object.assign(view.params, {
          quantile: params.p,
          max_range_bps: params.r_max_bps,
          max_lean: params.a_max,
          min_lean: params.e_min,
        });
      },
    },
    tickSize: params.bin_width,
  });
}

/** `bin * width`, exactly. */
function lowOf(bin: number, width: string): string {
  const decimals = width.split(".")[1]?.length ?? 0;
  const lots = BigInt(bin) * BigInt(width.replace(".", ""));
  const digits = lots.toString().padStart(decimals + 1, "0");
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}
