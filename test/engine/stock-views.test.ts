/** Every stock view, all columns, against recomputations that share no text with it: on random markets, and on recordings. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadProject } from "../../src/cli/project-files.js";
import { openScratch } from "../../src/engine/open.js";
import type { Engine } from "../../src/engine/port.js";
import { advance } from "../../src/ingest/buckets/advance.js";
import { clockContext } from "../../src/ingest/buckets/clock-context.js";
import { markDirtyBuckets } from "../../src/ingest/store/mark-dirty.js";
import type { HandlerCall } from "../../src/jobs/handler.js";
import { fitMicroprice } from "../../src/jobs/handlers/fit-microprice.js";
import { fitsName } from "../../src/schema/fits-table.js";
import type { TableName } from "../../src/schema/object.js";
import { quoteName } from "../../src/schema/quote.js";
import { leakage } from "../../src/verify/leakage.js";
import { verify } from "../../src/verify/verify.js";
import { checkForms } from "../support/check-forms.js";
import { ingestPaths } from "../support/ingest-files.js";
import type { BookState } from "../support/oracle/features/book-state.js";
import { naiveMicropriceFit } from "../support/oracle/features/microprice.js";
import { naiveTrendState, naiveTrendStrengths } from "../support/oracle/features/trend-state.js";
import { naiveVolatilityRank, naiveVolatilityRegime } from "../support/oracle/features/volatility-regime.js";
import { naiveWaveletEnergy } from "../support/oracle/features/wavelet-energy.js";
import { naiveBuckets } from "../support/oracle/naive-cutter.js";
import { naiveBookTable } from "../support/oracle/naive-ingest.js";
import {
  type BookRow,
  type BucketKey,
  type BucketRow,
  byInstrument,
  type FeatureRow,
  type InstrumentColumns,
  instrumentKey,
  isSameInstrument,
  type StoredTrade,
} from "../support/oracle/rows.js";
import { type NaiveView, naiveStockViews, type StockMarket } from "../support/oracle/stock-views.js";
import { randomSlowRows, type SlowRows } from "../support/random-slow-rows.js";
import { type FundingRow, storeBooks, storeSlowRows, storeTrades } from "../support/raw-rows.js";
import { tardisBooks } from "../support/recordings.js";
import { regimeMarket } from "../support/regime-market.js";
import { packageRoot } from "../support/run-feature.js";
import { isSharedFileMissing, sharedFile } from "../support/shared-files.js";
import { type Deployment, deployStock, emptyTables } from "../support/stock-deployment.js";
import { type Compared, stockDifferences } from "../support/stock-differences.js";
import { storedBuckets, storedFeatures, storedTrades } from "../support/stored-rows.js";

/** Of the recordings' buckets one in so many is compared: all of them take minutes. `PRISM_BUCKETS=all` compares every one. */
const sampled = process.env.PRISM_BUCKETS === "all" ? 1 : 12;
const bookGapMs = 5_000;
const clock = { mode: "volume", size: "4", maxMs: 20_000, maxTrades: 100_000, bookGapMs } as const;

/** The same deployment, for what closes its minutes. */
function ofMinutes(deployment: Deployment): Deployment {
  const { engine, project, catalog } = deployment;
  return { ...deployment, context: clockContext(engine, project, catalog, "every_1m", "test") };
}

async function bucketsOf(deployment: Deployment): Promise<BucketRow[]> {
  return (await storedBuckets(deployment)) as unknown as BucketRow[];
}

interface Fitted extends InstrumentColumns {
  readonly from: number;
  readonly until: number;
  readonly edges: readonly number[];
  readonly adjustments: readonly number[];
}

async function fits({ engine, project }: Deployment): Promise<Fitted[]> {
  return engine.rows<Fitted>(
    `SELECT exchange, market_type, symbol, toFloat64(toUnixTimestamp64Milli(available_at)) AS from,
       toFloat64(toUnixTimestamp64Milli(fitted_to)) AS until, fitted['imbalance_edges'] AS edges, fitted['adjustments'] AS adjustments
     FROM ${quoteName(fitsName(project))} FINAL`,
  );
}

const fitShape = { imbalances: 3, spreads: 4, iterations: 3 };

async function fitNow({ engine, project, catalog }: Deployment): Promise<string> {
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
  const call: HandlerCall = {
    context: { engine, specs, catalog, owner: "test", now: Date.now },
    with: { clock: "ubt", look_back: "1d", ...fitShape },
    signal: new AbortController().signal,
  };
  return fitMicroprice(call);
}

function tickOf({ project }: Deployment, key: InstrumentColumns): string {
  const found = project.instruments.find(
    (one) => one.exchange === key.exchange && one.marketType === key.market_type && one.symbol === key.symbol,
  );
  if (found === undefined) throw new Error(`${instrumentKey(key)} is no instrument of the project`);
  return found.tickSize;
}

/** Compares every view of the catalog; the oracle is given what is stored, but for features. */
async function compareAll(
  deployment: Deployment,
  books: readonly BookRow[],
  slow: SlowRows,
  every?: number,
): Promise<{ compared: Map<string, Compared>; markets: StockMarket[] }> {
  const buckets = await bucketsOf(deployment);
  const ofMinute = ofMinutes(deployment);
  const minutes = await bucketsOf(ofMinute);
  const minuteGap = ofMinute.context.clock.bookGapMs;
  const trades = (await storedTrades(deployment)) as unknown as StoredTrade[];
  const fitted = await fits(deployment);
  const markets = [...byInstrument(buckets).values()]
    .flatMap((own) => own.slice(0, 1))
    .map((key): StockMarket => {
      const ofKey = <Row extends InstrumentColumns>(rows: readonly Row[]): Row[] =>
        rows.filter((row) => isSameInstrument(row, key));
      const [fit] = ofKey(fitted);
      const { imbalances } = fitShape;
      const nested = Array.from({ length: fitShape.spreads }, (_, spread) =>
        (fit?.adjustments ?? []).slice(spread * imbalances, (spread + 1) * imbalances),
      );
      return {
        ...{ buckets: ofKey(buckets), minutes: ofKey(minutes), trades: ofKey(trades), books: ofKey(books) },
        bookGapMs: deployment.context.clock.bookGapMs,
        minuteGapMs: minuteGap,
        tick: tickOf(deployment, key),
        fit:
          fit === undefined ? undefined : { from: fit.from, fit: { edges: fit.edges, adjustments: nested } },
        funding: ofKey(slow.funding),
        interest: ofKey(slow.interest),
        indices: ofKey(slow.indices),
        liquidations: ofKey(slow.liquidations),
      };
    });
  const oracles = new Map(
    markets.map((market) => [instrumentKey(market.buckets[0] as BucketRow), naiveStockViews(market)]),
  );
  const compared = new Map<string, Compared>();
  for (const view of deployment.catalog.objects.filter(({ kind }) => kind === "view")) {
    const oracleOf = (bucket: BucketRow): NaiveView => {
      const oracle = oracles.get(instrumentKey(bucket))?.[view.name];
      if (oracle === undefined) throw new Error(`no oracle of ${view.name}`);
      return oracle;
    };
    const own = view.clock === "ubt" ? buckets : minutes;
    compared.set(
      view.name,
      await stockDifferences(deployment, view, own, oracleOf, own === buckets ? every : 1),
    );
  }
  return { compared, markets };
}

/** In time, each once. */
function distinct(trades: readonly StoredTrade[]): StoredTrade[] {
  const byId = new Map(trades.map((trade) => [`${instrumentKey(trade)} ${trade.trade_id}`, trade]));
  return [...byId.values()].filter(({ late }) => late === 0);
}

const differing = (compared: ReadonlyMap<string, Compared>): string[] =>
  [...compared.values()].flatMap(({ lines }) => lines.slice(0, 4)).slice(0, 60);

const spot: InstrumentColumns = { exchange: "binance", market_type: "spot", symbol: "BTCUSDT" };
const linear: InstrumentColumns = { exchange: "binance", market_type: "linear", symbol: "BTCUSDT" };
const tardis = (name: string): string => `tardis/${name}_BTCUSDT.csv.gz`;
const recordings = {
  spotTrades: [
    "binance-archive/spot/BTCUSDT-trades-2024-08-08.zip",
    "binance-archive/spot/BTCUSDT-trades-2024-08-09.zip",
  ],
  spotBooks: [tardis("binance_book_snapshot_25_2024-08-08"), tardis("binance_book_snapshot_25_2024-08-09")],
  linearTrades: ["binance-archive/futures-um/BTCUSDT-trades-2024-08-08.zip"],
  linearBooks: [tardis("binance-futures_book_snapshot_5_2024-08-08")],
  oldTrades: [tardis("binance-futures_trades_2023-04-04"), tardis("binance-futures_trades_2023-04-05")],
  oldBooks: [
    tardis("binance-futures_book_snapshot_5_2023-04-04"),
    tardis("binance-futures_book_snapshot_5_2023-04-05"),
  ],
  tickers: [
    tardis("binance-futures_derivative_ticker_2023-04-04"),
    tardis("binance-futures_derivative_ticker_2023-04-05"),
  ],
} as const;

const isUnrecorded = Object.values(recordings)
  .flat()
  .some((path) => isSharedFileMissing(`data/${path}`));

describe("stock views", () => {
  let engine: Engine;
  let deployment: Deployment;
  beforeAll(async () => {
    engine = await openScratch();
    const size = { fromBucketConfig: false, byInstrument: {}, fallback: clock.size };
    deployment = await deployStock(engine, { views: "all", clock: { size, maxMs: clock.maxMs, bookGapMs } });
  });
  afterAll(() => engine.close());

  it("are those of the oracle on random markets, NULL and rows that are not there included", async () => {
    const { trades, books } = regimeMarket(600, 7);
    const cut = [...byInstrument(distinct(trades)).values()].flatMap((own) =>
      naiveBuckets(own, clock, Math.max(...own.map(({ timestamp }) => timestamp)) + 1),
    );
    const slow = randomSlowRows(cut);
    await storeBooks(deployment, books);
    await storeSlowRows(deployment, slow);
    // In two parts, with a fit between them.
    const middle = new Map(
      [...byInstrument(trades)].map(([name, own]) => [name, own[Math.floor(own.length / 2)]?.timestamp ?? 0]),
    );
    const isEarly = (trade: StoredTrade): boolean =>
      trade.timestamp < (middle.get(instrumentKey(trade)) ?? 0);
    await storeTrades(deployment, trades.filter(isEarly));
    expect((await advance(deployment.context)).failures).toEqual([]);
    expect(await fitNow(deployment)).toMatch(/^5 instruments fitted/);
    await storeTrades(
      deployment,
      trades.filter((trade) => !isEarly(trade)),
    );
    expect((await advance(deployment.context)).failures).toEqual([]);
    expect((await advance(ofMinutes(deployment).context)).failures).toEqual([]);
    expect((await bucketsOf(deployment)).length).toBe(cut.length);

    const { compared, markets } = await compareAll(deployment, naiveBookTable([...books]), slow);
    expect(differing(compared)).toEqual([]);
    expect(compared.size).toBeGreaterThan(49);
    // Books that often fail give few stretches of mids: what needs long ones is compared below, too.
    const ofLongStretches = ["trend_strength", "trend_state", "wavelet_energy"];
    for (const [view, { columns }] of compared)
      for (const [column, { values }] of columns)
        if (!ofLongStretches.includes(view)) expect(values, `${view}.${column}`).toBeGreaterThan(9);
    const bulk = compared.get("vpin_bvc")?.columns.get("vpin_bvc_50");
    expect([bulk?.values, bulk?.nulls].every((count) => (count ?? 0) > 200)).toBe(true);
    await checkFits(deployment, markets);
  });

  it("are computed again for a row that is new enough, also where one became known behind it that is not", async () => {
    const [, bucket] = await bucketsOf(deployment);
    if (bucket === undefined) throw new Error("no bucket");
    const { exchange, market_type, symbol, bucket_id, available_at } = bucket;
    const hours = (count: number): number => available_at - count * 3_600_000;
    const dirty = async (rows: readonly (readonly [timestamp: number, known: number])[]) => {
      const intent = `test-${rows.length}-${rows[0]?.[0]}`;
      const moment = (ms: number): string => `fromUnixTimestamp64Milli(${ms}, 'UTC')`;
      const slice = rows.map(
        ([timestamp, known]) =>
          `SELECT 1 AS instrument, ${moment(timestamp)} AS timestamp, ${moment(known)} AS available_at`,
      );
      const keyParams = { exchanges: [exchange], market_types: [market_type], symbols: [symbol] };
      const context = { engine, project: deployment.project, instruments: { keyParams } };
      await markDirtyBuckets(context, "funding_rates", slice.join(" UNION ALL "), "true", {
        from: 0,
        intent,
      });
      const found = await engine.rows<{ id: string }>(
        `SELECT toString(bucket_id) AS id FROM ${quoteName({ database: deployment.project.databases.features, name: "dirty" })}
         WHERE intent = {intent:String} AND clock = 'ubt' AND symbol = {symbol:String} AND exchange = {exchange:String}`,
        { params: { intent, symbol, exchange } },
      );
      return found.map(({ id }) => Number(id)).includes(bucket_id);
    };
    const [fresh, tooOld] = [
      [hours(1), hours(0.9)],
      [hours(24 * 400), hours(0.5)],
    ] as const;
    expect([await dirty([fresh]), await dirty([tooOld]), await dirty([fresh, tooOld])]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it("do not pass as free of leaks with a fit that says it was known before what it looked at", async () => {
    const { catalog, project } = deployment;
    const specs = await loadProject({ project: packageRoot, target: undefined }, {});
    const onlyMicroprice = {
      ...catalog,
      objects: catalog.objects.map((object) =>
        object.name === "microprice" ? object : { ...object, backfill: undefined },
      ),
    };
    const looked = async () => {
      const instruments = [{ exchange: "binance", marketType: "linear", symbol: "BTCUSDT" } as const];
      const options = { sample: 12, seed: 1, from: undefined, to: undefined, instruments };
      const request = {
        engine,
        specs: { ...specs, project },
        catalog: onlyMicroprice,
        checks: [leakage],
        options,
      };
      return (await verify(request)).checks[0];
    };
    const honest = await looked();
    expect(honest).toMatchObject({ ok: true, failed: 0 });
    expect(honest?.checked).toBe(12);
    // The same fits, known an hour before.
    const fitsTable = quoteName(fitsName(project));
    await engine.execute(
      `INSERT INTO ${fitsTable} SELECT * REPLACE (available_at - toIntervalHour(1) AS available_at) FROM ${fitsTable}`,
    );
    expect(await looked()).toMatchObject({
      ok: false,
      findings: expect.arrayContaining([expect.objectContaining({ object: "view microprice" })]),
    });
    await engine.execute(`DELETE FROM ${fitsTable} WHERE available_at < fitted_to`);
  });

  it("folded in order, begin anew with each bucket's window", async () => {
    const objectOf = (view: string) => deployment.catalog.objects.find(({ name }) => name === view);
    const volatility = objectOf("realised_volatility")?.storage;
    const book = objectOf("book_state")?.storage;
    if (volatility === undefined || book === undefined) throw new Error("no tables of volatilities and mids");
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
    await into(volatility.table, `${volatility.columnPrefix}rvol_300`, value);
    // Trends up and down, a mid that is not there, and a price that stands still for longer than any window.
    const mid = `multiIf(number % 97 = 50, NULL, number BETWEEN 200 AND 360, 105,
      100 + 3 * sin(number / 25) + sin(number / 7) + cityHash64(number) % 100 / 500)`;
    await into(book.table, `${book.columnPrefix}last_valid_mid`, mid);
    const buckets = (await bucketsOf(deployment)).filter(({ symbol }) => symbol === "FOLD");
    await backfilled(
      ...["volatility_rank", "volatility_regime", "trend_strength", "trend_state", "wavelet_energy"],
    );
    const volatilities = (await storedFeatures(
      deployment,
      "realised_volatility",
    )) as unknown as (BucketKey & {
      rvol_300: number | null;
    })[];
    const ranks = buckets.map((bucket) => naiveVolatilityRank(bucket, volatilities));
    const regimes = buckets.map((bucket) => naiveVolatilityRegime(bucket, ranks));
    expect(new Set(regimes.map((row) => row.volatility_regime))).toEqual(new Set([null, -1, 0, 1]));
    const states = (await storedFeatures(deployment, "book_state")) as unknown as FeatureRow<BookState>[];
    const strengths = naiveTrendStrengths(buckets, states);
    const trends = buckets.map((bucket) => naiveTrendState(bucket, strengths));
    expect(new Set(trends.map((row) => row.trend_state))).toEqual(new Set([null, -1, 0, 1]));
    const energies = buckets.map((bucket) => naiveWaveletEnergy(bucket, states));
    const shares = energies.filter((row) => row.energy_share_d1 !== null).length;
    const totals = energies.filter((row) => row.energy_total !== null).length;
    expect([shares > 100, totals > shares, strengths.some((row) => row.trend_sigma === 0)]).toEqual(
      Array(3).fill(true),
    );
    const folded = {
      ...{ volatility_rank: ranks, volatility_regime: regimes },
      ...{ trend_strength: strengths, trend_state: trends, wavelet_energy: energies },
    };
    for (const [name, rows] of Object.entries(folded)) {
      const view = objectOf(name);
      if (view === undefined) throw new Error(`no ${name}`);
      const oracle: NaiveView = (bucket) => rows.slice(buckets.indexOf(bucket)).slice(0, 1);
      const { lines } = await stockDifferences(deployment, view, buckets, () => oracle);
      expect(lines.filter((line) => line.includes("FOLD")).slice(0, 10)).toEqual([]);
    }
  });

  /** Computes views anew from what is stored. */
  async function backfilled(...names: readonly string[]): Promise<void> {
    const views = deployment.catalog.objects.filter(({ name }) => names.includes(name));
    for (const { tables, backfill } of views) {
      for (const table of tables) await engine.execute(`TRUNCATE TABLE ${quoteName(table)}`);
      await engine.execute(backfill ?? "");
    }
  }

  it.skipIf(isUnrecorded)(
    "are those of the oracle on recordings, with books before and after the trades",
    async () => {
      await emptyTables(deployment);
      const size = {
        fromBucketConfig: false,
        byInstrument: { "binance/linear/BTCUSDT": "25" },
        fallback: "5",
      };
      const context = { ...deployment.context, clock: { ...deployment.context.clock, size } };
      const recorded = { ...deployment, context };
      const read = async (...paths: readonly string[]): Promise<void> => {
        const format = paths[0]?.startsWith("tardis") ? "tardis" : "binance-archive";
        const files = paths.map((path) => sharedFile(`data/${path}`));
        const { advanced } = await ingestPaths(recorded, format, files);
        expect(advanced.failures).toEqual([]);
      };
      const { spotTrades, spotBooks, linearTrades, linearBooks, oldTrades, oldBooks, tickers } = recordings;
      // Of spot the books of the first day come after its trades, all others before.
      await read(...oldTrades, oldBooks[0], tickers[0]);
      await read(...linearBooks, tickers[1], oldBooks[1]);
      await read(...linearTrades, spotTrades[0]);
      await read(...spotBooks);
      await fitNow(deployment);
      await read(spotTrades[1]);
      expect((await advance(ofMinutes(deployment).context)).failures).toEqual([]);
      // What nobody recorded is made up.
      const year = ({ bucket_ts_start: start }: BucketRow): number => new Date(start).getUTCFullYear();
      const closed = await bucketsOf(deployment);
      const made = [2023, 2024].map((one) => randomSlowRows(closed.filter((bucket) => year(bucket) === one)));
      const settlements = made.flatMap(({ funding }) =>
        funding.filter((row) => row.funding_time !== undefined),
      );
      const slow = {
        // Of the recorded rates none is a settlement.
        funding: [...(await storedFunding(deployment)), ...settlements],
        interest: made.flatMap(({ interest }) => interest),
        indices: made.flatMap(({ indices }) => indices),
        liquidations: made.flatMap(({ liquidations }) => liquidations),
      };
      await storeSlowRows(deployment, { ...slow, funding: settlements });
      await backfilled(
        ...["oi_state", "oi_change", "oi_lob_squeeze", "volatility_index", "iv_rv_spread"],
        ...["liquidation_runs", "liquidation_cascade", "funding_state", "funding_shock", "funding_pressure"],
      );
      const books = [
        ...[...oldBooks, ...linearBooks].flatMap((path) => tardisBooks(path, linear)),
        ...spotBooks.flatMap((path) => tardisBooks(path, spot)),
      ];
      const { compared } = await compareAll(deployment, naiveBookTable(books), slow, sampled);
      expect(differing(compared)).toEqual([]);
      for (const [view, { columns }] of compared) {
        const count = (what: "values" | "nulls"): number =>
          [...columns.values()].reduce((sum, counted) => sum + counted[what], 0);
        // It needs 70 minutes and no recording has more than ten: NULL, which is compared too. The random markets have hours.
        expect(count(view === "vpin_bvc" ? "nulls" : "values"), view).toBeGreaterThan(5);
      }
    },
  );

  it.skipIf(isUnrecorded)(
    "have the same bits in the table of a vector, and in every form in which it leaves",
    async () => {
      const compared = await checkForms(deployment, sampled);
      expect(Object.keys(compared)).toEqual(["every_feature_of_ubt", "every_feature_of_every_1m"]);
      for (const { instruments, values, nulls } of Object.values(compared)) {
        expect([instruments, values > 500, nulls > 50]).toEqual([2, true, true]);
      }
    },
  );
});

/** Adjustments of the job against a walk over the states. */
async function checkFits(deployment: Deployment, markets: readonly StockMarket[]): Promise<void> {
  let checked = 0;
  for (const fitted of await fits(deployment)) {
    const market = markets.find(({ buckets }) => buckets.some((bucket) => isSameInstrument(bucket, fitted)));
    const last = market?.buckets.findLast(({ available_at: known }) => known < fitted.from);
    const read = market?.books.filter(
      (book) => book.timestamp < fitted.until && book.available_at <= (last?.available_at ?? 0),
    );
    const shape = { ...fitShape, tick: Number(market?.tick), gapMs: bookGapMs };
    const fit = naiveMicropriceFit(read ?? [], shape);
    expect(fitted.edges.length).toBe(fit.edges.length);
    for (const [index, value] of fit.adjustments.flat().entries()) {
      expect(fitted.adjustments[index], `${instrumentKey(fitted)} ${index}`).toBeCloseTo(value, 9);
      checked += value === 0 ? 0 : 1;
    }
  }
  expect(checked).toBeGreaterThan(5);
}

async function storedFunding({ engine, project }: Deployment): Promise<FundingRow[]> {
  const rows = await engine.rows<Record<string, string | number | null>>(
    `SELECT exchange, market_type, symbol, toFloat64(toUnixTimestamp64Milli(timestamp)) AS timestamp,
       toFloat64(toUnixTimestamp64Milli(available_at)) AS available_at, toFloat64(seq) AS seq,
       toString(funding_rate) AS funding_rate, toString(mark_price) AS mark_price, toString(index_price) AS index_price,
       toFloat64(toUnixTimestamp64Milli(funding_time)) AS funding_time, toFloat64(toUnixTimestamp64Milli(next_funding_time)) AS next_funding_time
     FROM ${quoteName({ database: project.databases.raw, name: "funding_rates" })} FINAL`,
  );
  return rows.map(
    (row) =>
      Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as unknown as FundingRow,
  );
}
