/** What each stock view must hold, from its definition alone. A view of features/ without a line here fails a test. */
import { parseLots } from "../../../src/clock/decimal.js";
import type { SlowRows } from "../random-slow-rows.js";
import { naiveAmihud } from "./features/amihud.js";
import { naiveBookChanges } from "./features/book-changes.js";
import { naiveBookShape } from "./features/book-shape.js";
import { midOf, naiveBookState } from "./features/book-state.js";
import { naiveBucketReturns } from "./features/bucket-returns.js";
import { naiveCorwinSchultz } from "./features/corwin-schultz.js";
import { naiveFlowCvdVwap } from "./features/flow-cvd-vwap.js";
import { naiveFlowWindows } from "./features/flow-windows.js";
import { naiveFootprint, naiveFootprintPoc } from "./features/footprint.js";
import { type FootprintBar, naiveFootprintLevels, naiveFootprintMarks } from "./features/footprint-levels.js";
import { naiveFundingShock } from "./features/funding-shock.js";
import { naiveIvRvSpread } from "./features/iv-rv-spread.js";
import { naiveKyleLambda } from "./features/kyle-lambda.js";
import { naiveLeeMykland } from "./features/lee-mykland.js";
import {
  naiveCascade,
  naiveLiquidationCascade,
  naiveLiquidationRuns,
} from "./features/liquidation-cascade.js";
import { type NaiveFit, naiveMicroprice } from "./features/microprice.js";
import { naiveMidGrid } from "./features/mid-grid.js";
import { naiveMinute } from "./features/minutes.js";
import { naiveOfi } from "./features/ofi.js";
import { naiveOiChange, naiveOiLobSqueeze } from "./features/oi-lob-squeeze.js";
import { naiveOrderFlow } from "./features/order-flow.js";
import { naiveForwardReturn, naiveRealisedSpreads } from "./features/outcomes.js";
import { naiveRealisedVolatility } from "./features/realised-volatility.js";
import { naiveRollSpread } from "./features/roll-spread.js";
import { naiveFundingState, naiveOiState, naiveVolatilityIndex } from "./features/slow-states.js";
import { naiveQuotedSpread, naiveSpreads } from "./features/spreads.js";
import { naiveTradeImpact } from "./features/trade-impact.js";
import { naiveTradePressure } from "./features/trade-pressure.js";
import { naiveTrendState, naiveTrendStrengths } from "./features/trend-state.js";
import { naiveVolatilityRank, naiveVolatilityRegime } from "./features/volatility-regime.js";
import { dayOf, naiveVolumeBuckets } from "./features/volume-buckets.js";
import { naiveVpin } from "./features/vpin.js";
import { naiveVpinBvc } from "./features/vpin-bvc.js";
import { naiveVpinExact } from "./features/vpin-exact.js";
import { naiveWaveletEnergy } from "./features/wavelet-energy.js";
import { naiveReturns } from "./naive-path.js";
import { naiveBooks, naiveBooksAhead, naiveTrades } from "./naive-streams.js";
import { type BookRow, type BucketRow, bucketKeyOf, type StoredTrade } from "./rows.js";
import { trailingRows } from "./trailing-rows.js";

/** Everything that is stored of one instrument. Buckets and minutes are in order of their ids. */
export interface StockMarket extends SlowRows {
  readonly buckets: readonly BucketRow[];
  /** Closed wall-clock minutes. */
  readonly minutes: readonly BucketRow[];
  readonly trades: readonly StoredTrade[];
  readonly books: readonly BookRow[];
  readonly bookGapMs: number;
  /** That of the minutes' clock. */
  readonly minuteGapMs: number;
  /** Quote per tick, as text. */
  readonly tick: string;
  /** A fit of the micro-price, and from when on it is known. */
  readonly fit: { readonly from: number; readonly fit: NaiveFit } | undefined;
}

/**
 * The rows of a view for one bucket, or minute, of its clock: one, none, or one a bin in ascending order with the bin first. A row has
 * every column of the view, and may say again what of the bucket's keys is others than the bucket's.
 */
export type NaiveView = (bucket: BucketRow) => readonly object[];

const minuteMs = 60_000;

export function naiveStockViews(market: StockMarket): Readonly<Record<string, NaiveView>> {
  const { buckets, minutes, trades, books, bookGapMs, funding, interest, indices, liquidations } = market;
  const tradesOf = memo((bucket: BucketRow) => naiveTrades(bucket, trades));
  const booksOf = memo((bucket: BucketRow) => naiveBooks(bucket, buckets, books, bookGapMs));
  const ahead = (bucket: BucketRow, delayMs: number) =>
    naiveBooksAhead(bucket, buckets, books, bookGapMs, delayMs);
  const withBooks = (of: NaiveView): NaiveView => {
    return (bucket) => (booksOf(bucket).length === 0 ? [] : of(bucket));
  };

  const flowOf = memo((bucket: BucketRow) => naiveOrderFlow(bucket, tradesOf(bucket)));
  const impactOf = memo((bucket: BucketRow) => naiveTradeImpact(bucket, tradesOf(bucket)));
  const pressureOf = memo((bucket: BucketRow) => naiveTradePressure(bucket, tradesOf(bucket)));
  const stateOf = memo((bucket: BucketRow) => naiveBookState(bucket, booksOf(bucket)));
  const shapeOf = memo((bucket: BucketRow) => naiveBookShape(booksOf(bucket).at(-1)));
  const flows = once(() => buckets.map(flowOf));
  const returns = once(() => buckets.map((bucket) => naiveBucketReturns(bucket, flows())));
  const states = once(() => buckets.map(stateOf));
  const kyle = once(() => naiveKyleLambda(buckets, states(), buckets.map(impactOf), buckets.map(pressureOf)));
  const strengths = once(() => naiveTrendStrengths(buckets, states()));
  const amihud = once(() => naiveAmihud(buckets, returns(), flows()));

  const width = widthOf(market.tick);
  const cellsOf = memo((bucket: BucketRow) => naiveFootprint(tradesOf(bucket), width));
  const pocOf = memo((bucket: BucketRow) => naiveFootprintPoc(tradesOf(bucket), width));
  const forwardOf = memo((bucket: BucketRow) => {
    const later = ahead(bucket, minuteMs);
    return later === null ? null : naiveForwardReturn(bucket, later);
  });
  const barOf = memo((bucket: BucketRow): FootprintBar => {
    const forward = forwardOf(bucket)?.forward_return_60 ?? null;
    return { end: bucket.bucket_ts_end, cells: cellsOf(bucket), poc: pocOf(bucket), forward };
  });
  const levelsOf = memo((bucket: BucketRow) =>
    naiveFootprintLevels(trailingRows(bucket, buckets, 30).map(barOf)),
  );

  const pathOf = memo((bucket: BucketRow) => naiveReturns(bucket, buckets, books, bookGapMs));
  const volatilities = once(() => buckets.map((bucket) => naiveRealisedVolatility(bucket, pathOf(bucket))));
  const ranks = once(() => {
    const rows = volatilities().map((row) => ({ ...row, rvol_300: row.rvol_300 ?? null }));
    return buckets.map((bucket) => naiveVolatilityRank(bucket, rows));
  });

  const slicesOf = memo((bucket: BucketRow) => {
    const day = buckets.filter(
      (other) => other.bucket_id <= bucket.bucket_id && dayOf(other) === dayOf(bucket),
    );
    const before = day.slice(0, -1).reduce((sum, { vol }) => sum + parseLots(vol), 0n);
    return naiveVolumeBuckets(bucket, tradesOf(bucket), before, parseLots(day[0]?.size ?? "0"));
  });
  const exact = once(() => naiveVpinExact(buckets, tradesOf));

  const interests = once(() =>
    buckets.map((bucket) => ({
      ...bucketKeyOf(bucket),
      open_interest: naiveOiState(bucket, interest).open_interest ?? null,
    })),
  );
  const squeezes = once(() =>
    buckets.map((bucket) => ({
      ...naiveOiChange(bucket, interests()),
      imbalance: shapeOf(bucket)?.imbalance_5 ?? null,
      spread_bps: stateOf(bucket).spread_bps,
    })),
  );
  const implied = once(() =>
    buckets.map((bucket, index) => {
      const volatility = volatilities()[index];
      const [rv_300, returns_300] = [volatility?.rv_300 ?? null, volatility?.returns_300 ?? null];
      const value = naiveVolatilityIndex(bucket, indices).implied_volatility ?? null;
      return { ...bucketKeyOf(bucket), implied: value, rv_300, returns_300 };
    }),
  );
  const shockOf = memo((bucket: BucketRow) => naiveFundingShock(bucket, funding));

  const minuteOf = memo((minute: BucketRow) =>
    naiveMinute(minute, { minutes, trades, books, bookGapMs: market.minuteGapMs }, width),
  );
  const bulk = once(() =>
    minutes.map((minute) => {
      const [bar, sides] = [minuteOf(minute).bvc_1m?.[0], minuteOf(minute).bvc_sides_1m?.[0]];
      return {
        ...bucketKeyOf(minute),
        bar_volume: bar?.bar_volume ?? 0,
        buy_fraction: sides?.buy_fraction ?? null,
      };
    }),
  );
  const ofMinute =
    (view: string): NaiveView =>
    (minute) =>
      minuteOf(minute)[view] ?? [];

  /** Rows of a list that is in the order of the buckets. */
  const at =
    (rows: () => readonly object[]): NaiveView =>
    (bucket) =>
      [rows()[buckets.indexOf(bucket)]].filter((row) => row !== undefined);
  /** A row that is known with the first bucket that ends so long after its own. */
  const delayed = (delayMs: number, bucket: BucketRow, row: object | null): object[] => {
    const known = buckets.find((other) => other.bucket_ts_end >= bucket.bucket_ts_end + delayMs);
    return known === undefined || row === null ? [] : [{ ...row, available_at: known.available_at }];
  };

  return {
    order_flow: (bucket) => [flowOf(bucket)],
    trade_impact: (bucket) => [impactOf(bucket)],
    trade_pressure: (bucket) => [pressureOf(bucket)],
    bucket_returns: at(returns),
    amihud: at(amihud),
    roll_spread: (bucket) => [naiveRollSpread(bucket, returns(), flows())],
    corwin_schultz: (bucket) => [naiveCorwinSchultz(bucket, trades)],
    flow_windows: (bucket) => [naiveFlowWindows(bucket, trades)],
    flow_cvd_vwap: (bucket) => [naiveFlowCvdVwap(bucket, flows())],
    vpin: (bucket) => [naiveVpin(bucket, flows())],
    vpin_exact: at(exact),
    volume_buckets: slicesOf,
    vpin_by_bucket: (bucket) => {
      const { buy_volume, sell_volume, volume } = flowOf(bucket);
      const vpin = naiveVpin(bucket, flows()).vpin_50;
      return [{ vpin, buy_volume, sell_volume, total_volume: volume }];
    },

    book_state: withBooks((bucket) => [stateOf(bucket)]),
    trend_strength: at(strengths),
    trend_state: (bucket) => [naiveTrendState(bucket, strengths())],
    wavelet_energy: (bucket) => [naiveWaveletEnergy(bucket, states())],
    mid_by_bucket: (bucket) => [{ mid: stateOf(bucket).mid }],
    book_shape: (bucket) => list(shapeOf(bucket)),
    book_changes: (bucket) =>
      list(
        naiveBookChanges(
          tradesOf(bucket),
          booksOf(bucket).filter(({ carry }) => carry === 0),
        ),
      ),
    ofi: withBooks((bucket) => [naiveOfi(booksOf(bucket))]),
    mid_changes: (bucket) => {
      const mids = booksOf(bucket).flatMap((book) => {
        const mid = midOf(book);
        return book.carry === 1 || mid === null ? [] : [[book.timestamp, mid] as const];
      });
      return [...new Map(mids)].map(([snapshot_ms, snapshot_mid]) => ({ snapshot_ms, snapshot_mid }));
    },
    mid_grid: (bucket) => naiveMidGrid(bucket, booksOf(bucket)),
    microprice: (bucket) => {
      const isFitted = market.fit !== undefined && bucket.available_at >= market.fit.from;
      return [naiveMicroprice(stateOf(bucket), isFitted ? market.fit?.fit : undefined, Number(market.tick))];
    },

    spreads: (bucket) => [naiveSpreads(tradesOf(bucket), booksOf(bucket))],
    quoted_spread: withBooks((bucket) => [naiveQuotedSpread(bucket, booksOf(bucket))]),
    realised_spreads: (bucket) => {
      const later = ahead(bucket, 30_000);
      return delayed(30_000, bucket, later === null ? null : naiveRealisedSpreads(tradesOf(bucket), later));
    },
    forward_return: (bucket) => delayed(minuteMs, bucket, forwardOf(bucket)),
    kyle_lambda: at(kyle),
    kyle_lambda_by_bucket: (bucket) => {
      const index = buckets.indexOf(bucket);
      return [
        {
          kyle_lambda: kyle()[index]?.kyle_ratio ?? null,
          amihud_illiq: amihud()[index]?.illiquidity ?? null,
          signed_volume: impactOf(bucket).signed_volume,
          price_change: returns()[index]?.price_change ?? null,
        },
      ];
    },

    footprint: cellsOf,
    footprint_poc: (bucket) => [pocOf(bucket)],
    footprint_by_bucket: (bucket) =>
      cellsOf(bucket).map(({ px_bin, bin_buy, bin_sell, bin_volume, bin_delta }) => ({
        px_bin,
        ask_vol: bin_buy,
        bid_vol: bin_sell,
        total_vol: bin_volume,
        delta: bin_delta,
        range_bps: pocOf(bucket).range_bps,
      })),
    footprint_levels: levelsOf,
    footprint_marks: (bucket) => [naiveFootprintMarks(levelsOf(bucket), pocOf(bucket).poc_bin)],

    realised_volatility: at(volatilities),
    lee_mykland: (bucket) => [naiveLeeMykland(bucket, pathOf(bucket))],
    volatility_rank: at(ranks),
    volatility_regime: (bucket) => [naiveVolatilityRegime(bucket, ranks())],
    volatility_index: (bucket) => [naiveVolatilityIndex(bucket, indices)],
    iv_rv_spread: (bucket) => [naiveIvRvSpread(bucket, implied())],

    funding_state: (bucket) => [naiveFundingState(bucket, funding)],
    funding_shock: (bucket) => list(shockOf(bucket) ?? null),
    funding_pressure: (bucket) => {
      const sign = shockOf(bucket)?.funding_shock_sign ?? null;
      const { imbalance } = flowOf(bucket);
      return [{ funding_pressure: sign === null || imbalance === null ? null : sign * imbalance }];
    },
    oi_state: (bucket) => [naiveOiState(bucket, interest)],
    oi_change: (bucket) => [naiveOiChange(bucket, interests())],
    oi_lob_squeeze: (bucket) => [naiveOiLobSqueeze(bucket, squeezes())],
    liquidation_runs: (bucket) => naiveLiquidationRuns(bucket, liquidations),
    liquidation_cascade: (bucket) => {
      const seen = buckets
        .filter((other) => other.bucket_id <= bucket.bucket_id)
        .filter((other) => other.bucket_ts_end > bucket.bucket_ts_end - 15 * minuteMs)
        .flatMap((other) => booksOf(other).filter(({ carry }) => carry === 0));
      const sides = { long: "sell", short: "buy" } as const;
      const cells = Object.entries(sides).flatMap(([name, side]) => {
        const values = naiveLiquidationCascade(naiveCascade(bucket, liquidations, side), side, seen);
        return Object.entries(values).map(([column, value]) => [`${name}_${column}`, value]);
      });
      return [Object.fromEntries(cells)];
    },

    trades_1m: ofMinute("trades_1m"),
    footprint_1m: ofMinute("footprint_1m"),
    mid_1m: ofMinute("mid_1m"),
    lob_1m: ofMinute("lob_1m"),
    price_impact_1m: ofMinute("price_impact_1m"),
    bvc_1m: ofMinute("bvc_1m"),
    bvc_sides_1m: ofMinute("bvc_sides_1m"),
    vpin_bvc: (minute) => [naiveVpinBvc(minute, bulk())],
  };
}

/** Ten ticks. */
function widthOf(tick: string): string {
  return String(Number(parseLots(tick) * 10n) / 1e8);
}

function list<T extends object>(row: T | null): T[] {
  return row === null ? [] : [row];
}

/** What several views need is computed once, and nothing that nobody asks for: some of it takes long. */
function once<T>(compute: () => T): () => T {
  let value: { readonly of: T } | undefined;
  return () => {
    value ??= { of: compute() };
    return value.of;
  };
}

function memo<T>(compute: (bucket: BucketRow) => T): (bucket: BucketRow) => T {
  const known = new Map<BucketRow, { readonly of: T }>();
  return (bucket) => {
    const found = known.get(bucket) ?? { of: compute(bucket) };
    known.set(bucket, found);
    return found.of;
  };
}
