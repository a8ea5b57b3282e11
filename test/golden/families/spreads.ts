/** Spreads of each trade (a bucket that holds it alone) and of all of them together. */
import type { Engine } from "../../../src/engine/port.js";
import type { Adapter } from "../adapter.js";
import { type GoldenBucket, type GoldenTrade, Stage, type ViewRow, type ViewYaml } from "../stage.js";

interface Quote {
  readonly ts: number;
  readonly bid: number | null;
  readonly ask: number | null;
}

interface Inputs {
  readonly quotes: readonly Quote[];
  readonly trades: readonly (GoldenTrade & { readonly trade_id: number })[];
}

interface Params {
  readonly t0: number;
  readonly t1: number;
}

/** No quote of a case is too old: the definition has no limit, the stock view has. */
const anyAge = {
  spreads: ({ lookup }: ViewYaml): void => {
    lookup.q.max_age = "365d";
  },
};
const bookGapMs = 365 * 86_400_000;

export const spreads: Adapter = async ({ inputs, params }, engine) => {
  const { trades } = inputs as Inputs;
  const { t0, t1 } = params as Params;
  const first = Math.min(...trades.map(({ ts }) => ts));
  const end = Math.max(...trades.map(({ ts }) => ts)) + 1;
  const [all = {}, ...each] = await rowsOf(engine, inputs as Inputs, "spreads", [
    { trades, bucket: { start: first, end } },
    ...trades.map((trade) => ({ trades: [trade], bucket: { start: trade.ts, end: trade.ts + 1 } })),
  ]);
  const [quoted = {}] = await rowsOf(engine, inputs as Inputs, "quoted_spread", [
    { trades, bucket: { start: t0, end: t1 } },
  ]);
  const ofTrades = trades.map(({ trade_id }, index) => {
    const row = each[index] ?? {};
    const valid = row.valid_trades === 1;
    if (!valid) return { trade_id, valid };
    return {
      trade_id,
      valid,
      mid: row.matched_mid,
      quoted: row.quoted_at_trades,
      effective: row.effective_spread,
      effective_bps: row.effective_spread_bps,
      price_improvement: row.price_improvement,
    };
  });
  const reason = "needs the quote after the trade: a view with a delay";
  return {
    actual: {
      trades: ofTrades,
      n_invalid: all.invalid_trades,
      effective_bps_notional_w: all.effective_spread_bps,
      effective_bps_simple: all.effective_spread_bps_simple,
      spread_ratio: all.spread_ratio,
      quoted_bps_time_w: quoted.quoted_spread_bps,
      quoted_valid_ms: quoted.quoted_valid_ms,
      price_improvement_qty_w: all.price_improvement,
    },
    notCovered: Object.fromEntries(
      ["trades.*.realised", "trades.*.impact", "realised_bps_notional_w", "impact_bps_notional_w"].map(
        (path) => [path, reason],
      ),
    ),
  };
};

interface Sample {
  readonly trades: readonly GoldenTrade[];
  readonly bucket: GoldenBucket;
}

/** The view's row of each sample, each an instrument of its own. */
async function rowsOf(
  engine: Engine,
  { quotes }: Inputs,
  view: string,
  samples: readonly Sample[],
): Promise<ViewRow[]> {
  const stage = await Stage.open(engine, {
    views: [view],
    change: anyAge,
    bookGapMs,
    series: samples.length,
  });
  for (const [series, { trades, bucket }] of samples.entries()) {
    // The quote in force is the last one of a bucket before, known in time for it.
    const start = Math.min(...quotes.map(({ ts }) => ts), bucket.start);
    await stage.buckets([{ start: start - 1, end: bucket.start, prevEnd: start - 1 }, bucket], series);
    await stage.trades(trades, series);
    await stage.books(
      quotes.map(({ ts, bid, ask }) => ({
        ts,
        bids: bid === null ? [] : [[bid, 1]],
        asks: ask === null ? [] : [[ask, 1]],
      })),
      series,
    );
  }
  const rows = (await stage.rows(view)).filter((row) => row.bucket_id === 2);
  return samples.map((_, series) => rows.find((row) => row.series === series) ?? {});
}
