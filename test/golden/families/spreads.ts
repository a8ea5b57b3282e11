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
  readonly horizon_ms: number;
  readonly watermark_ts: number;
}

/** No quote of a case is too old: the definition has no limit, the stock view has. */
const anyAge = (horizonMs: number) => ({
  spreads: ({ lookup }: ViewYaml): void => {
    lookup.q.max_age = "365d";
  },
  realised_spreads: (view: ViewYaml): void => {
    view.delay = `${horizonMs}ms`;
    view.lookup.q.max_age = "365d";
    for (const name of ["h1", "h5", "h30"])
      view.lookup[name] = { source: "books", at: `${horizonMs}ms`, max_age: "365d" };
  },
});
const bookGapMs = 365 * 86_400_000;

export const spreads: Adapter = async ({ inputs, params }, engine) => {
  const { trades } = inputs as Inputs;
  const { t0, t1, horizon_ms: horizon, watermark_ts: watermark } = params as Params;
  const together = (some: readonly GoldenTrade[]): Sample => ({
    trades: some,
    bucket: { start: Math.min(...some.map(({ ts }) => ts)), end: Math.max(...some.map(({ ts }) => ts)) + 1 },
  });
  const singles = trades.map((trade) => together([trade]));
  const rowsOf = rowsOfCase(engine, inputs as Inputs, params as Params);
  const [all = {}, ...each] = await rowsOf("spreads", [together(trades), ...singles]);
  // What is not known by the watermark is in no aggregate.
  const known = trades.filter(({ ts }) => ts + horizon <= watermark);
  const [outcome = {}, ...outcomes] = await rowsOf("realised_spreads", [together(known), ...singles]);
  const [quoted = {}] = await rowsOf("quoted_spread", [{ trades, bucket: { start: t0, end: t1 } }]);
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
      realised: outcomes[index]?.realised_spread_1 ?? null,
      impact: outcomes[index]?.price_impact_1 ?? null,
      price_improvement: row.price_improvement,
    };
  });
  return {
    actual: {
      trades: ofTrades,
      n_invalid: all.invalid_trades ?? 0,
      effective_bps_notional_w: all.effective_spread_bps ?? null,
      effective_bps_simple: all.effective_spread_bps_simple ?? null,
      realised_bps_notional_w: outcome.realised_spread_bps_1 ?? null,
      impact_bps_notional_w: outcome.price_impact_bps_1 ?? null,
      spread_ratio: all.spread_ratio ?? null,
      quoted_bps_time_w: quoted.quoted_spread_bps ?? null,
      quoted_valid_ms: quoted.quoted_valid_ms ?? 0,
      price_improvement_qty_w: all.price_improvement ?? null,
    },
  };
};

interface Sample {
  readonly trades: readonly GoldenTrade[];
  readonly bucket: GoldenBucket;
}

/** The view's row of each sample, each an instrument of its own; empty where it has none. */
function rowsOfCase(engine: Engine, { quotes }: Inputs, { horizon_ms, watermark_ts }: Params) {
  return async (view: string, samples: readonly Sample[]): Promise<ViewRow[]> => {
    const change = anyAge(horizon_ms);
    const stage = await Stage.open(engine, { views: [view], change, bookGapMs, series: samples.length });
    for (const [series, { trades, bucket }] of samples.entries()) {
      // No trades, no bucket that holds them.
      if (!Number.isFinite(bucket.start)) continue;
      // The quote in force is the last one of a bucket before, known in time for it; what comes after belongs to one behind it.
      const start = Math.min(...quotes.map(({ ts }) => ts), bucket.start);
      const before = { start: start - 1, end: bucket.start, prevEnd: start - 1 };
      const after = { start: bucket.end, end: Math.max(watermark_ts, bucket.end) + 1 };
      await stage.buckets([before, bucket, after], series);
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
  };
}
