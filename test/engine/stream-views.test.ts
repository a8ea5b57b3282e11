/** The stock views over streams against naive recomputations: on a random market, and on recordings. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openScratch } from "../../src/engine/open.js";
import type { Engine } from "../../src/engine/port.js";
import { advance } from "../../src/ingest/buckets/advance.js";
import { clockContext } from "../../src/ingest/buckets/clock-context.js";
import type { HandlerCall } from "../../src/jobs/handler.js";
import { fitMicroprice } from "../../src/jobs/handlers/fit-microprice.js";
import { fitsName } from "../../src/schema/fits-table.js";
import type { TableName } from "../../src/schema/object.js";
import { quoteName } from "../../src/schema/quote.js";
import { ingestPaths } from "../support/ingest-files.js";
import { longMarket } from "../support/long-market.js";
import { naiveBookChanges } from "../support/oracle/features/book-changes.js";
import { naiveBookShape } from "../support/oracle/features/book-shape.js";
import { naiveBookState } from "../support/oracle/features/book-state.js";
import { naiveFootprint, naiveFootprintPoc } from "../support/oracle/features/footprint.js";
import {
  type FootprintBar,
  naiveFootprintLevels,
  naiveFootprintMarks,
} from "../support/oracle/features/footprint-levels.js";
import { naiveFundingShock, randomSettlements } from "../support/oracle/features/funding-shock.js";
import { naiveFundingState, randomFunding } from "../support/oracle/features/funding-state.js";
import {
  naiveCascade,
  naiveLiquidationCascade,
  naiveLiquidationRuns,
  randomLiquidations,
} from "../support/oracle/features/liquidation-cascade.js";
import { naiveMicroprice, naiveMicropriceFit } from "../support/oracle/features/microprice.js";
import { naiveMidGrid } from "../support/oracle/features/mid-grid.js";
import { naiveMinute } from "../support/oracle/features/minutes.js";
import { naiveOfi } from "../support/oracle/features/ofi.js";
import { naiveForwardReturn, naiveRealisedSpreads } from "../support/oracle/features/outcomes.js";
import { naiveQuotedSpread, naiveSpreads } from "../support/oracle/features/spreads.js";
import { naiveVolatilityRank, naiveVolatilityRegime } from "../support/oracle/features/volatility-regime.js";
import { naiveVpinExact } from "../support/oracle/features/vpin-exact.js";
import { naiveBookTable } from "../support/oracle/naive-ingest.js";
import { naiveBooks, naiveBooksAhead, naiveTrades } from "../support/oracle/naive-streams.js";
import type { BookRow, BucketKey, BucketRow, StoredTrade } from "../support/oracle/rows.js";
import { storeBooks, storeFunding, storeLiquidations, storeTrades } from "../support/raw-rows.js";
import { tardisBooks } from "../support/recordings.js";
import { isSharedFileMissing, sharedFile } from "../support/shared-files.js";
import { type Deployment, deployStock, emptyTables } from "../support/stock-deployment.js";
import { storedBuckets, storedFeatures, storedTrades } from "../support/stored-rows.js";

type Row = Readonly<Record<string, unknown>>;

function binWidth({ market_type, symbol }: BucketRow): string {
  return market_type === "linear" && symbol === "BTCUSDT" ? "1" : "0.1";
}

/** What each view must hold of a bucket: a list of rows, empty where the view has none. */
function expectedOf(
  bucket: BucketRow,
  trades: ReturnType<typeof naiveTrades>,
  books: ReturnType<typeof naiveBooks>,
  ahead: (delayMs: number) => ReturnType<typeof naiveBooksAhead>,
): Record<string, readonly object[]> {
  const width = binWidth(bucket);
  const list = <T extends object>(row: T | null): T[] => (row === null ? [] : [row]);
  const ifKnown = <T, R>(value: T | null, of: (value: T) => R): R | null =>
    value === null ? null : of(value);
  const ifBooks = <T extends object>(row: T): T[] => (books.length === 0 ? [] : [row]);
  return {
    footprint: naiveFootprint(trades, width),
    footprint_poc: [naiveFootprintPoc(trades, width)],
    spreads: [naiveSpreads(trades, books)],
    quoted_spread: ifBooks(naiveQuotedSpread(bucket, books)),
    realised_spreads: list(ifKnown(ahead(30_000), (later) => naiveRealisedSpreads(trades, later))),
    forward_return: list(ifKnown(ahead(60_000), (later) => naiveForwardReturn(bucket, later))),
    ofi: ifBooks(naiveOfi(books)),
    mid_grid: naiveMidGrid(bucket, books),
    book_changes: list(
      naiveBookChanges(
        trades,
        books.filter(({ carry }) => carry === 0),
      ),
    ),
    book_shape: list(naiveBookShape(books.at(-1))),
  };
}

/** Sums of floats in another order: relative to 1e-9, or absolute where terms cancel. */
function isNear(actual: unknown, expected: unknown): boolean {
  if (typeof actual !== "number" || typeof expected !== "number") return actual === expected;
  return Math.abs(actual - expected) <= 1e-9 + 1e-9 * Math.abs(expected);
}

/** @param every so many buckets one is compared: the naive way is slow on whole recordings */
async function differences(
  deployment: Deployment,
  trades: readonly StoredTrade[],
  books: readonly BookRow[],
  every = 1,
): Promise<{ lines: string[]; rows: Record<string, number>; values: number }> {
  const buckets = (await storedBuckets(deployment)) as unknown as BucketRow[];
  const { bookGapMs } = deployment.context.clock;
  const lines: string[] = [];
  const rows: Record<string, number> = {};
  let values = 0;
  const stored = new Map<string, readonly Row[]>();
  const bars = new Map<BucketRow, FootprintBar>();
  const barOf = (bucket: BucketRow): FootprintBar => {
    const known = bars.get(bucket);
    if (known !== undefined) return known;
    const own = naiveTrades(bucket, trades);
    const later = naiveBooksAhead(bucket, buckets, books, bookGapMs, 60_000);
    const bar = {
      end: bucket.bucket_ts_end,
      cells: naiveFootprint(own, binWidth(bucket)),
      poc: naiveFootprintPoc(own, binWidth(bucket)),
      forward: later === null ? null : (naiveForwardReturn(bucket, later).forward_return_60 ?? null),
    };
    bars.set(bucket, bar);
    return bar;
  };
  for (const bucket of buckets.filter((_, index) => index % every === 0)) {
    const own = naiveBooks(bucket, buckets, books, bookGapMs);
    const ahead = (delayMs: number) => naiveBooksAhead(bucket, buckets, books, bookGapMs, delayMs);
    const window = buckets.filter(
      (other) =>
        other.symbol === bucket.symbol &&
        other.bucket_id <= bucket.bucket_id &&
        other.bucket_id > bucket.bucket_id - 30,
    );
    const levels = naiveFootprintLevels(window.map(barOf));
    const expectations = {
      ...expectedOf(bucket, naiveTrades(bucket, trades), own, ahead),
      footprint_levels: levels,
      footprint_marks: [naiveFootprintMarks(levels, barOf(bucket).poc.poc_bin)],
    };
    for (const [view, expected] of Object.entries(expectations)) {
      const all = stored.get(view) ?? ((await storedFeatures(deployment, view)) as Row[]);
      stored.set(view, all);
      const found = all.filter((row) => row.symbol === bucket.symbol && row.bucket_id === bucket.bucket_id);
      const [bin] = Object.keys(expected[0] ?? {});
      const sorted =
        expected.length > 1 && bin !== undefined
          ? found.toSorted((a, b) => Number(a[bin]) - Number(b[bin]))
          : found;
      rows[view] = (rows[view] ?? 0) + expected.length;
      const place = `${view} ${bucket.symbol} ${bucket.bucket_id}`;
      if (found.length !== expected.length)
        lines.push(`${place}: ${found.length} rows, expected ${expected.length}`);
      expected.forEach((row, index) => {
        for (const [column, value] of Object.entries(row)) {
          const actual = sorted[index]?.[column];
          const number = typeof actual === "string" ? Number(actual) : actual;
          values += value === null ? 0 : 1;
          if (!isNear(number, value)) lines.push(`${place}.${column}: ${actual}, expected ${value}`);
        }
      });
    }
  }
  return { lines, rows, values };
}

interface Fitted {
  readonly available_ms: number;
  readonly until_ms: number;
  readonly adjustments: readonly number[];
}

async function fitted({ engine, project }: Deployment): Promise<Fitted> {
  const [fit] = await engine.rows<Fitted>(
    `SELECT toFloat64(toUnixTimestamp64Milli(available_at)) AS available_ms, toFloat64(toUnixTimestamp64Milli(fitted_to)) AS until_ms,
       fitted['adjustments'] AS adjustments
     FROM ${quoteName(fitsName(project))} FINAL WHERE market_type = 'spot' AND symbol = 'BTCUSDT'`,
  );
  if (fit === undefined) throw new Error("nothing was fitted");
  return fit;
}

/** Adjustments against a walk over the states, then the view with and without them. */
async function checkMicroprice(
  deployment: Deployment,
  known: Fitted,
  books: readonly BookRow[],
): Promise<void> {
  const buckets = (await storedBuckets(deployment)) as unknown as BucketRow[];
  const own = buckets.filter(({ symbol }) => symbol === "BTCUSDT");
  const { bookGapMs: gapMs } = deployment.context.clock;
  const last = own.findLast(({ available_at }) => available_at < known.available_ms);
  const read = books.filter(
    (book) =>
      book.symbol === "BTCUSDT" &&
      book.timestamp < known.until_ms &&
      book.available_at <= (last?.available_at ?? 0),
  );
  const shape = { tick: 0.01, imbalances: 3, spreads: 4, iterations: 3, gapMs };
  const fit = naiveMicropriceFit(read, shape);
  const adjustments = fit.adjustments.flat();
  expect(known.adjustments.filter((value, index) => !isNear(value, adjustments[index]))).toEqual([]);
  const stored = (await storedFeatures(deployment, "microprice")) as Row[];
  let before = 0;
  let used = 0;
  for (const bucket of own) {
    const state = naiveBookState(bucket, naiveBooks(bucket, buckets, books, gapMs));
    const usable = bucket.available_at >= known.available_ms;
    const row = stored.find((one) => one.symbol === "BTCUSDT" && one.bucket_id === bucket.bucket_id);
    for (const [column, value] of Object.entries(naiveMicroprice(state, usable ? fit : undefined, 0.01))) {
      expect(isNear(row?.[column], value), `${bucket.bucket_id}.${column}: ${row?.[column]}, ${value}`).toBe(
        true,
      );
      if (column === "microprice" && value !== null) used += 1;
    }
    if (!usable) before += 1;
  }
  expect(before).toBeGreaterThan(5);
  expect(used).toBeGreaterThan(5);
}

function jobCall(deployment: Deployment, values: Record<string, number>): HandlerCall {
  const { engine, project, catalog } = deployment;
  const specs = {
    project,
    views: [],
    vectors: [],
    labels: [],
    aliases: [],
    csvMaps: [],
    jobs: [],
    models: [],
  };
  return {
    context: { engine, specs, catalog, owner: "test", now: Date.now },
    with: { clock: "ubt", look_back: "1d", ...values },
    signal: new AbortController().signal,
  };
}

/** Where a view's rows are others than expected, bucket by bucket. */
async function unlike(
  deployment: Deployment,
  view: string,
  buckets: readonly BucketRow[],
  expectedRows: (bucket: BucketRow) => readonly object[],
): Promise<string[]> {
  const all = (await storedFeatures(deployment, view)) as Row[];
  const lines = buckets.flatMap((bucket) => {
    const found = all
      .filter((row) => row.symbol === bucket.symbol && row.bucket_id === bucket.bucket_id)
      .sort((a, b) => Number(a.px_bin ?? 0) - Number(b.px_bin ?? 0));
    const expected = expectedRows(bucket);
    const place = `${view} ${bucket.symbol} ${bucket.bucket_id}`;
    if (found.length !== expected.length)
      return [`${place}: ${found.length} rows, expected ${expected.length}`];
    return expected.flatMap((row, index) =>
      Object.entries(row).flatMap(([column, value]) => {
        const actual = found[index]?.[column];
        // A bin is a 64-bit number, which comes as text; a bucket's own columns are not what is compared.
        const number = column === "px_bin" ? Number(actual) : actual;
        const isKey = typeof value === "string" || column === "prev_ts_end";
        return isKey || isNear(number, value) ? [] : [`${place}.${column}: ${actual}, expected ${value}`];
      }),
    );
  });
  return lines.slice(0, 20);
}

/** The same deployment, for what closes its minutes. */
function ofMinutes(deployment: Deployment): Deployment {
  const { engine, project, catalog } = deployment;
  return { ...deployment, context: clockContext(engine, project, catalog, "every_1m", "test") };
}

describe("stock views over streams", () => {
  let engine: Engine;
  let deployment: Deployment;
  beforeAll(async () => {
    engine = await openScratch();
    const size = { fromBucketConfig: false, byInstrument: {}, fallback: "4" };
    deployment = await deployStock(engine, {
      views: "all",
      clock: { size, maxMs: 20_000, bookGapMs: 5_000 },
    });
  });
  afterAll(() => engine.close());

  it("are those of the oracle on a random market, NULL and rows that are not there included", async () => {
    const market = longMarket(900, 7);
    // Quantities of 1e10 would leave nothing of the small ones in a float.
    const trades = market.trades.map((trade) =>
      trade.quantity.length > 12 ? { ...trade, quantity: "3" } : trade,
    );
    // In two parts, with a fit between them.
    await storeBooks(deployment, market.books);
    const half = trades[Math.floor(trades.length / 2)]?.timestamp ?? 0;
    await storeTrades(
      deployment,
      trades.filter(({ timestamp }) => timestamp < half),
    );
    expect((await advance(deployment.context)).failures).toEqual([]);
    const message = await fitMicroprice(jobCall(deployment, { imbalances: 3, spreads: 4, iterations: 3 }));
    expect(message).toBe("2 instruments fitted");
    const known = await fitted(deployment);
    await storeTrades(
      deployment,
      trades.filter(({ timestamp }) => timestamp >= half),
    );
    expect((await advance(deployment.context)).failures).toEqual([]);
    const kept = (await storedTrades(deployment)) as unknown as StoredTrade[];
    const { lines, rows } = await differences(deployment, kept, naiveBookTable([...market.books]));
    expect(lines.slice(0, 20)).toEqual([]);
    for (const [view, count] of Object.entries(rows)) expect(count, view).toBeGreaterThan(20);
    await checkMicroprice(deployment, known, naiveBookTable([...market.books]));
    const buckets = (await storedBuckets(deployment)) as unknown as BucketRow[];
    const vpins = naiveVpinExact(buckets, (bucket) => naiveTrades(bucket, kept));
    const vpinOf = (bucket: BucketRow): object[] => vpins.slice(buckets.indexOf(bucket)).slice(0, 1);
    expect(vpins.filter((row) => row.vpin_exact_50 !== null).length).toBeGreaterThan(20);
    expect(await unlike(deployment, "vpin_exact", buckets, vpinOf)).toEqual([]);
  });

  it("folded in order, begin anew with each bucket's window", async () => {
    const objectOf = (view: string) => deployment.catalog.objects.find(({ name }) => name === view);
    const [volatility] = objectOf("realised_volatility")?.tables ?? [];
    if (volatility === undefined) throw new Error("no table of volatilities");
    // More buckets than a window holds, of an instrument of their own; volatilities with ties, NULL, highs and lows.
    const keys = "exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at, v";
    const start = "toDateTime64('2024-03-01 00:00:00', 3, 'UTC') + toIntervalSecond(number * 10)";
    const made = `'test' AS exchange, 'spot' AS market_type, 'FOLD' AS symbol, number + 1 AS bucket_id,
      ${start} AS bucket_ts_start, bucket_ts_start + toIntervalSecond(10) AS bucket_ts_end, bucket_ts_end AS available_at, 1 AS v`;
    const value = "if(number % 11 = 0, NULL, (cityHash64(number) % 20 + 30 * sin(number / 40)) / 100)";
    const into = async (table: TableName, names: string, more: string) =>
      engine.execute(
        `INSERT INTO ${quoteName(table)} (${keys}, ${names}) SELECT ${made}, ${more} FROM numbers(620)`,
      );
    await into(deployment.context.compiled.buckets, "prev_ts_end", "bucket_ts_start");
    await into(volatility, "rvol_300", value);
    const buckets = ((await storedBuckets(deployment)) as unknown as BucketRow[]).filter(
      ({ symbol }) => symbol === "FOLD",
    );
    for (const view of ["volatility_rank", "volatility_regime"]) {
      for (const own of objectOf(view)?.tables ?? [])
        await engine.execute(`TRUNCATE TABLE ${quoteName(own)}`);
      await engine.execute(objectOf(view)?.backfill ?? "");
    }
    const keyed = async <Values>(view: string) =>
      (await storedFeatures(deployment, view)) as unknown as (BucketKey & Values)[];
    const volatilities = await keyed<{ rvol_300: number | null }>("realised_volatility");
    const ranks = buckets.map((bucket) => naiveVolatilityRank(bucket, volatilities));
    const regimes = buckets.map((bucket) => naiveVolatilityRegime(bucket, ranks));
    expect(new Set(regimes.map((row) => row.volatility_regime))).toEqual(new Set([null, -1, 0, 1]));
    for (const [view, rows] of Object.entries({ volatility_rank: ranks, volatility_regime: regimes })) {
      const rowsOf = (bucket: BucketRow): object[] => rows.slice(buckets.indexOf(bucket)).slice(0, 1);
      expect(await unlike(deployment, view, buckets, rowsOf)).toEqual([]);
    }
  });

  it("by minutes, too", async () => {
    const minutes = ofMinutes(deployment);
    expect((await advance(minutes.context)).failures).toEqual([]);
    const buckets = (await storedBuckets(minutes)) as unknown as BucketRow[];
    const trades = (await storedTrades(deployment)) as unknown as StoredTrade[];
    const books = naiveBookTable([...longMarket(900, 7).books]);
    const market = { minutes: buckets, trades, books, bookGapMs: minutes.context.clock.bookGapMs };
    const expected = new Map(
      buckets.map((minute) => [minute, naiveMinute(minute, market, binWidth(minute))]),
    );
    expect(buckets.length).toBeGreaterThan(5);
    expect(buckets.every((minute) => minute.bucket_ts_end - minute.bucket_ts_start === 60_000)).toBe(true);
    const counted = buckets.reduce((sum, minute) => sum + naiveTrades(minute, trades).length, 0);
    expect(counted).toBe(buckets.reduce((sum, minute) => sum + minute.trades, 0));
    for (const view of Object.keys(expected.get(buckets[0] as BucketRow) ?? {})) {
      const rowsOf = (minute: BucketRow): readonly object[] => expected.get(minute)?.[view] ?? [];
      expect(await unlike(minutes, view, buckets, rowsOf)).toEqual([]);
    }
  });

  it("of slow sources hold the newest row that was known with the bucket", async () => {
    const buckets = (await storedBuckets(deployment)) as unknown as BucketRow[];
    const rows = randomFunding(buckets);
    await storeFunding(deployment, rows);
    const view = deployment.catalog.objects.find(({ name }) => name === "funding_state");
    for (const table of view?.tables ?? []) await engine.execute(`TRUNCATE TABLE ${quoteName(table)}`);
    await engine.execute(view?.backfill ?? "");
    const known = buckets.map((bucket) => naiveFundingState(bucket, rows));
    expect(known.filter(({ funding_rate: rate }) => rate === null).length).toBeGreaterThan(3);
    expect(known.filter(({ funding_rate: rate }) => rate !== null).length).toBeGreaterThan(20);
    const stateOf = (bucket: BucketRow): object[] => known.slice(buckets.indexOf(bucket)).slice(0, 1);
    expect(await unlike(deployment, "funding_state", buckets, stateOf)).toEqual([]);
  });

  /** Computes a view anew from what is stored. */
  async function backfilled(name: string): Promise<void> {
    const view = deployment.catalog.objects.find((object) => object.name === name);
    for (const table of view?.tables ?? []) await engine.execute(`TRUNCATE TABLE ${quoteName(table)}`);
    await engine.execute(view?.backfill ?? "");
  }

  it("of settlements count each once, as it was known", async () => {
    const buckets = (await storedBuckets(deployment)) as unknown as BucketRow[];
    const rows = randomSettlements(buckets);
    await storeFunding(deployment, rows);
    await backfilled("funding_shock");
    const shocks = new Map(buckets.map((bucket) => [bucket, naiveFundingShock(bucket, rows)]));
    const known = [...shocks.values()].filter((row) => row !== undefined);
    expect(new Set(known.map((row) => row.funding_rate_8h)).size).toBeGreaterThan(3);
    expect(known.filter((row) => row.funding_shock_z !== null).length).toBeGreaterThan(20);
    const of = (bucket: BucketRow): object[] => [shocks.get(bucket)].filter((row) => row !== undefined);
    expect(await unlike(deployment, "funding_shock", buckets, of)).toEqual([]);
    await backfilled("funding_pressure");
    const flows = (await storedFeatures(deployment, "order_flow")) as Row[];
    const pressureOf = (bucket: BucketRow): object[] => {
      const shock = shocks.get(bucket)?.funding_shock ?? null;
      const flow = flows.find((row) => row.symbol === bucket.symbol && row.bucket_id === bucket.bucket_id);
      const isKnown = shock !== null && flow !== undefined;
      return [{ funding_pressure: isKnown ? Math.sign(shock) * Number(flow.imbalance) : null }];
    };
    expect(await unlike(deployment, "funding_pressure", buckets, pressureOf)).toEqual([]);
  });

  it("of liquidations are runs of one side, and what the mid did with them", async () => {
    const buckets = (await storedBuckets(deployment)) as unknown as BucketRow[];
    const rows = randomLiquidations(buckets);
    await storeLiquidations(deployment, rows);
    for (const view of ["mid_changes", "liquidation_runs", "liquidation_cascade"]) await backfilled(view);
    const runs = buckets.filter((bucket) => naiveLiquidationRuns(bucket, rows).length > 0);
    expect(runs.length).toBeGreaterThan(20);
    expect(
      await unlike(deployment, "liquidation_runs", buckets, (bucket) => naiveLiquidationRuns(bucket, rows)),
    ).toEqual([]);
    const books = naiveBookTable([...longMarket(900, 7).books]);
    const bookGapMs = deployment.context.clock.bookGapMs;
    const ownBooks = new Map(
      buckets.map((bucket) => [
        bucket,
        naiveBooks(bucket, buckets, books, bookGapMs).filter(({ carry }) => carry === 0),
      ]),
    );
    let recovered = 0;
    const cascadeOf = (bucket: BucketRow): object[] => {
      const seen = buckets
        .filter((other) => other.symbol === bucket.symbol && other.bucket_id <= bucket.bucket_id)
        .filter((other) => other.bucket_ts_end > bucket.bucket_ts_end - 900_000)
        .flatMap((other) => ownBooks.get(other) ?? []);
      const sides = { long: "sell", short: "buy" } as const;
      return [
        Object.fromEntries(
          Object.entries(sides).flatMap(([name, side]) => {
            const { impact_bps, half_recovery_s } = naiveLiquidationCascade(
              naiveCascade(bucket, rows, side),
              side,
              seen,
            );
            recovered += half_recovery_s === null ? 0 : 1;
            return [
              [`${name}_impact_bps`, impact_bps],
              [`${name}_half_recovery_s`, half_recovery_s],
            ];
          }),
        ),
      ];
    };
    expect(await unlike(deployment, "liquidation_cascade", buckets, cascadeOf)).toEqual([]);
    expect(recovered).toBeGreaterThan(5);
  });

  const files = {
    trades: "data/binance-archive/spot/BTCUSDT-trades-2024-08-08.zip",
    books: "data/tardis/binance_book_snapshot_25_2024-08-08_BTCUSDT.csv.gz",
  };
  it.skipIf(Object.values(files).some(isSharedFileMissing))(
    "are those of the oracle on recordings",
    async () => {
      await emptyTables(deployment);
      // Books last: every bucket is closed without them first, and is computed again with them.
      await ingestPaths(deployment, "binance-archive", [sharedFile(files.trades)]);
      const { advanced } = await ingestPaths(deployment, "tardis", [sharedFile(files.books)]);
      expect(advanced.failures).toEqual([]);
      const spot = { exchange: "binance", market_type: "spot", symbol: "BTCUSDT" };
      const books = naiveBookTable(tardisBooks(files.books.replace("data/", ""), spot));
      const trades = (await storedTrades(deployment)) as unknown as StoredTrade[];
      const { lines, values } = await differences(deployment, trades, books, 12);
      expect(lines.slice(0, 20)).toEqual([]);
      expect(values).toBeGreaterThan(500);
    },
  );
});
