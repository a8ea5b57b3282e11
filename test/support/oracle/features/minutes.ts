/** The stock views of wall-clock minutes. A minute is a bucket; what another one holds is found by its times. */

import { naiveBooks, naiveTrades } from "../naive-streams.js";
import { normal } from "../normal.js";
import { type BookRow, type BucketRow, isSameInstrument, type StoredTrade, type TradeRow } from "../rows.js";
import { midOf, naiveBookState } from "./book-state.js";
import { naiveFootprint } from "./footprint.js";
import { naiveOrderFlow } from "./order-flow.js";

interface Market {
  readonly minutes: readonly BucketRow[];
  readonly trades: readonly StoredTrade[];
  readonly books: readonly BookRow[];
  readonly bookGapMs: number;
}

type Values = Readonly<Record<string, number | null>>;

/** What each view must hold of a minute: a list of rows, empty where the view has none. */
export function naiveMinute(
  minute: BucketRow,
  market: Market,
  binWidth: string,
): Readonly<Record<string, readonly Values[]>> {
  const { minutes, trades, books, bookGapMs } = market;
  const flow = flowOf(minute, trades);
  const stream = naiveBooks(minute, minutes, books, bookGapMs);
  const state = naiveBookState(minute, stream);
  const before = minutes.find(
    (other) => isSameInstrument(other, minute) && other.bucket_id === minute.bucket_id - 1,
  );
  const previous = before === undefined ? null : flowOf(before, trades);
  const { mid, mid_start, last_valid_mid, mid_age_ms, spread_bps, top_imbalance } = state;
  const moved = last_valid_mid === null || mid_start === null ? null : last_valid_mid - mid_start;
  return {
    trades_1m: flow === null ? [] : [flow],
    footprint_1m: naiveFootprint(naiveTrades(minute, trades), binWidth).map((cell) => ({
      px_bin: cell.px_bin,
      ask_vol_1m: cell.bin_buy,
      bid_vol_1m: cell.bin_sell,
      total_vol_1m: cell.bin_volume,
      delta_1m: cell.bin_delta,
    })),
    mid_1m: stream.length === 0 ? [] : [{ mid, mid_start, last_valid_mid, mid_age_ms }],
    lob_1m:
      stream.length === 0
        ? []
        : [
            {
              updates_1m: stream.filter(({ carry }) => carry === 0).length,
              spread_bps,
              top_imbalance,
              imbalance_5: imbalanceOf(stream.at(-1)),
            },
          ],
    price_impact_1m: [
      {
        kyle_lambda: flow === null || moved === null ? null : ratio(moved, flow.delta_1m),
        amihud_illiq:
          flow === null || previous === null
            ? null
            : ratio(Math.abs(Math.log(Number(flow.close_1m) / Number(previous.close_1m))), flow.quote_vol_1m),
      },
    ],
    bvc_1m: [barOf(minute, market)],
    bvc_sides_1m: [sidesOf(minute, market)],
  };
}

/** Of each minute once: those of an hour are looked at for every minute. */
const flows = new WeakMap<BucketRow, Values | "none">();

function flowOf(minute: BucketRow, trades: readonly StoredTrade[]): Values | null {
  const known = flows.get(minute) ?? flowOfTrades(minute, naiveTrades(minute, trades)) ?? "none";
  flows.set(minute, known);
  return known === "none" ? null : known;
}

function flowOfTrades(minute: BucketRow, own: readonly TradeRow[]): Values | null {
  if (own.length === 0) return null;
  const flow = naiveOrderFlow(minute, own);
  return {
    ask_vol_1m: flow.buy_volume,
    bid_vol_1m: flow.sell_volume,
    total_vol_1m: flow.volume,
    delta_1m: flow.imbalance === null ? 0 : flow.imbalance * flow.volume,
    quote_vol_1m: flow.quote_volume,
    vwap_1m: flow.vwap,
    open_1m: flow.open,
    high_1m: flow.high,
    low_1m: flow.low,
    close_1m: flow.close,
    range_bps_1m: flow.vwap === null ? null : ((flow.high - flow.low) / flow.vwap) * 1e4,
  };
}

function imbalanceOf(book: BookRow | undefined): number | null {
  if (book === undefined || midOf(book) === null) return null;
  const depth = (sizes: readonly string[]): number =>
    sizes.slice(0, 5).reduce((sum, size) => sum + Number(size), 0);
  const [bid, ask] = [depth(book.bid_qty), depth(book.ask_qty)];
  return ratio(bid - ask, bid + ask);
}

const hour = 60;

/** The minutes of the hour before, the nearest first. */
function hourBefore(minute: BucketRow, minutes: readonly BucketRow[]): BucketRow[] {
  return minutes
    .filter((other) => isSameInstrument(other, minute))
    .filter(({ bucket_id: id }) => id < minute.bucket_id && id >= minute.bucket_id - hour)
    .sort((a, b) => b.bucket_id - a.bucket_id);
}

function barOf(minute: BucketRow, { minutes, trades }: Market): Values {
  const flow = flowOf(minute, trades);
  const previous =
    hourBefore(minute, minutes)
      .map((other) => flowOf(other, trades))
      .find((other) => other !== null)?.close_1m ?? null;
  const close = flow?.close_1m ?? previous;
  return {
    bar_close: close,
    bar_change: close === null || previous === null ? null : close - previous,
    bar_volume: flow?.total_vol_1m ?? 0,
  };
}

function sidesOf(minute: BucketRow, market: Market): Values {
  const { bar_change: change = null, bar_volume: volume } = barOf(minute, market);
  const past = hourBefore(minute, market.minutes);
  const changes = past.map((other) => barOf(other, market).bar_change).filter((one) => one != null);
  const sigma = past.length < 10 || changes.length < 2 ? null : deviation(changes);
  const fraction = fractionOf(change, sigma);
  return {
    sigma_dp: sigma,
    buy_fraction: fraction,
    bvc_buy_volume: fraction === null ? null : fraction * Number(volume),
  };
}

function fractionOf(change: number | null, sigma: number | null): number | null {
  if (change === null) return 0.5;
  if (sigma === null) return null;
  return sigma === 0 ? 0.5 : normal(change / sigma);
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

function ratio(numerator: number, denominator: number | null | undefined): number | null {
  return denominator == null || denominator === 0 ? null : numerator / denominator;
}
