/** Views with `row:`: a row for each row of a source, whoever computed it, through changes, rollback and repair. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CompiledObject } from "../../src/compile/catalog.js";
import { compileProject } from "../../src/compile/compile-project.js";
import { openScratch } from "../../src/engine/open.js";
import type { Engine } from "../../src/engine/port.js";
import { type ApplyResult, applyProject } from "../../src/migrate/apply.js";
import { checkSpecs } from "../../src/migrate/check-specs.js";
import { diffTarget } from "../../src/migrate/plan-diff.js";
import { rollbackProject } from "../../src/migrate/rollback.js";
import { renderDiffText } from "../../src/plan/render-text.js";
import { quoteName } from "../../src/schema/quote.js";
import type { ProjectSpecs } from "../../src/spec/model.js";
import { parseProject } from "../../src/spec/parse-project.js";
import { checkRows } from "../../src/verify/row-parity.js";
import { newTally } from "../../src/verify/tally.js";
import { bury, dyingEngine } from "../support/dying-engine.js";
import { longMarket } from "../support/long-market.js";
import { naiveBookTable } from "../support/oracle/naive-ingest.js";
import type { BookRow } from "../support/oracle/rows.js";
import { storeBooks, storeTrades } from "../support/raw-rows.js";

const projectFile = `
project: rows
engine: embedded
targets: { embedded: { engine: embedded, path: db } }
databases: { raw: raw, cold: cold, features: features, registry: registry }
instruments: { binance/spot/BTCUSDT: { tick_size: 0.01, lot_size: 0.00001, base: BTC, quote: USDT } }
clocks: { ubt: { size: 5 } }
`;
const bookView = (factor: number): string => `
view: book_rows
row: orderbooks
params: { factor: ${factor} }
columns:
  mid: { sql: "mid", unit: quote }
  spread: { sql: "ask_px[1] - bid_px[1]", feature: false }
  spread_bps: { sql: "if(spread > 0, factor * spread / mid, NULL)", unit: bps }
`;
const tradeView = `
view: trade_rows
row: trades
columns:
  value: { sql: "price * quantity", unit: quote }
  signed_ticks: { sql: "side * price_ticks" }
`;

describe("views of rows", () => {
  let engine: Engine;
  let root: string;
  let last: ApplyResult;
  beforeAll(async () => {
    engine = await openScratch();
    root = mkdtempSync(join(tmpdir(), "prism-rows-"));
  });
  afterAll(async () => {
    await engine.close();
    rmSync(root, { recursive: true, force: true });
  });

  const specsOf = (factor?: number): ProjectSpecs =>
    parseProject(
      [
        { path: "features.yaml", text: projectFile },
        { path: "features/trade_rows.yaml", text: tradeView },
        ...(factor === undefined ? [] : [{ path: "features/book_rows.yaml", text: bookView(factor) }]),
      ],
      {},
      root,
    );
  async function apply(factor?: number): Promise<void> {
    const { project } = specsOf(factor);
    last = await applyProject({
      engine,
      project,
      catalog: compileProject(specsOf(factor)),
      toolVersion: "1.2.3",
    });
  }
  const objectOf = (name: string): CompiledObject => {
    const found = last.catalog.objects.find((object) => object.name === name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  };

  const market = longMarket(300, 11);
  const half = Math.floor(market.books.length / 2);
  const target = () => ({ engine, project: specsOf().project });
  const expected = (books: readonly BookRow[], factor: number) =>
    naiveBookTable([...books])
      .map(({ symbol, timestamp, book_seq, bid_px, ask_px }) => {
        const [bid, ask] = [Number(bid_px[0] ?? 0), Number(ask_px[0] ?? 0)];
        const mid = bid > 0 && ask > bid ? (bid + ask) / 2 : null;
        const spread = ask - bid;
        return [
          symbol,
          timestamp,
          book_seq,
          mid,
          spread,
          spread > 0 && mid !== null ? (factor * spread) / mid : null,
        ];
      })
      .map((row) => JSON.stringify(row))
      .sort();
  async function stored(relation: string): Promise<string[]> {
    const rows = await engine.rows<Record<string, string | number | null>>(
      `SELECT symbol, toFloat64(toUnixTimestamp64Milli(timestamp)) AS at, toFloat64(book_seq) AS seq, mid, spread, spread_bps
       FROM ${relation}`,
    );
    return rows
      .map((row) => JSON.stringify([row.symbol, row.at, row.seq, row.mid, row.spread, row.spread_bps]))
      .sort();
  }

  it("pass the checks of specs, and hold each row that is stored", async () => {
    await checkSpecs(engine, specsOf(1e4));
    await apply();
    await storeTrades(target(), market.trades);
    const [counted] = await engine.rows<{ same: number; total: number }>(
      `SELECT countIf(v.value = toFloat64(t.price) * toFloat64(t.quantity) AND (t.symbol != 'BTCUSDT' OR v.signed_ticks IS NOT NULL)) AS same,
         count() AS total
       FROM features.trade_rows AS v
       INNER JOIN (SELECT * FROM raw.trades FINAL) AS t USING (exchange, market_type, symbol, timestamp, trade_seq, trade_id)`,
    );
    const [raw] = await engine.rows<{ rows: number }>(
      "SELECT toFloat64(count()) AS rows FROM raw.trades FINAL",
    );
    expect(raw?.rows).toBeGreaterThan(100);
    expect({ same: Number(counted?.same), total: Number(counted?.total) }).toEqual({
      same: raw?.rows,
      total: raw?.rows,
    });
  });

  it("are filled with what was stored before, and by the trigger with what comes; of one key the first row stays", async () => {
    await storeBooks(target(), market.books.slice(0, half));
    const planned = await diffTarget(engine, "embedded", { specs: specsOf(1e4), consumers: [] });
    const [there] = await engine.rows<{ rows: number }>(
      "SELECT toFloat64(count()) AS rows FROM raw.orderbooks",
    );
    expect(planned.backfill).toMatchObject({ buckets: 0, rows: there?.rows });
    expect(renderDiffText(planned)).toMatch(/book_rows__\w+\); backfill reads [1-9]\d* rows, [1-9]/);
    await apply(1e4);
    expect(last.nothingToDo).toBe(false);
    expect(await stored("features.book_rows")).toEqual(expected(market.books.slice(0, half), 1e4));
    await storeBooks(target(), market.books.slice(half));
    // The same snapshots with other prices: neither raw rows nor the view's change.
    const others = market.books.slice(0, 20).map((book) => ({ ...book, bid_px: ["1"], ask_px: ["3"] }));
    await storeBooks(target(), others);
    expect(await stored("features.book_rows")).toEqual(expected(market.books, 1e4));
    await apply(1e4);
    expect(last.nothingToDo).toBe(true);
  });

  it("are built beside the old version, which stays fed and comes back", async () => {
    const old = quoteName(objectOf("book_rows").storage?.table ?? { database: "", name: "" });
    await apply(5e3);
    expect(await stored("features.book_rows")).toEqual(expected(market.books, 5e3));
    const more = market.books.slice(0, 5).map((book) => ({
      ...book,
      timestamp: book.timestamp + 86_400_000,
      available_at: book.available_at + 86_400_000,
    }));
    await storeBooks(target(), more);
    const all = [...market.books, ...more];
    expect(await stored("features.book_rows")).toEqual(expected(all, 5e3));
    expect(await stored(`${old} FINAL`)).toEqual(expected(all, 1e4));
    await rollbackProject({ engine, project: specsOf(5e3).project, toolVersion: "1.2.3" });
    expect(await stored("features.book_rows")).toEqual(expected(all, 1e4));
  });

  it("miss, double and spoil no row when an apply is cut off at each of its writes, and rows come in between", async () => {
    const before = await stored("features.book_rows");
    const rows: BookRow[] = [];
    // By turns of a day that is filled already, and of a new one.
    const store = async (): Promise<void> => {
      const [book] = market.books;
      if (book === undefined) throw new Error("no books");
      const later = (5 + (rows.length % 4)) * 86_400_000 + rows.length;
      const one = { ...book, timestamp: book.timestamp + later, available_at: book.available_at + later };
      rows.push(one);
      await storeBooks(target(), [one]);
    };
    const catalog = compileProject(specsOf(7e3));
    let cuts = 0;
    for (let isDone = false; !isDone; cuts += isDone ? 0 : 1) {
      const pending: Promise<void>[] = [];
      let writes = 0;
      // Each goes one write further than the one before; a row comes in before the last one that it makes.
      const dying = dyingEngine(engine, cuts + 1, () => {
        if (writes++ === cuts) pending.push(store());
      });
      isDone = await applyProject({
        engine: dying,
        project: specsOf(7e3).project,
        catalog,
        toolVersion: "1.2.3",
      }).then(
        () => true,
        () => false,
      );
      await Promise.all(pending);
      if (isDone) continue;
      await bury(engine, "registry");
      // Readers see the old version, which is fed, until the new one is complete.
      expect((await stored("features.book_rows")).length, `cut off at ${cuts + 1}`).toBe(
        before.length + rows.length,
      );
    }
    expect(cuts).toBeGreaterThan(5);
    await store();
    const found = await stored("features.book_rows");
    expect(found.length).toBe(before.length + rows.length);
    expect(found).toEqual(expect.arrayContaining(expected([...market.books, ...rows], 7e3)));
  }, 240_000);

  it("come out the same when they are computed again, or are named", async () => {
    await apply(1e4);
    const object = objectOf("book_rows");
    const [first] = market.books;
    const bucket = {
      instrument: { exchange: "binance", marketType: "spot", symbol: first?.symbol ?? "" },
      ...{ id: 1, start: 0, end: 9e12, availableAt: 9e12, isPastRetention: false, hasItsTrades: true },
    } as const;
    const green = newTally();
    await checkRows(engine, object, [bucket], green);
    expect(green.result()).toMatchObject({ failed: 0, notRecomputable: 0 });
    expect(green.result().checked).toBeGreaterThan(20);
    const table = quoteName(object.storage?.table ?? { database: "", name: "" });
    await engine.execute(
      `INSERT INTO ${table} SELECT * REPLACE (keep + 1 AS keep, mid + 1 AS mid) FROM ${table} FINAL WHERE symbol = {symbol:String} AND mid IS NOT NULL LIMIT 1`,
      { params: { symbol: bucket.instrument.symbol } },
    );
    const red = newTally();
    await checkRows(engine, object, [bucket], red);
    expect(red.result().failed).toBe(2);
  });

  it("are repaired with the rows that a missing trigger has missed", async () => {
    const [trigger] = objectOf("trade_rows").triggers;
    await engine.execute(`DROP VIEW ${quoteName(trigger ?? { database: "", name: "" })}`);
    const missed = market.trades.slice(0, 3).map((trade, index) => ({
      ...trade,
      timestamp: trade.timestamp + 172_800_000,
      trade_seq: 9e6 + index,
      trade_id: String(9e6 + index),
    }));
    await storeTrades(target(), missed);
    const { project } = specsOf(1e4);
    await applyProject({
      engine,
      project,
      catalog: compileProject(specsOf(1e4)),
      toolVersion: "1.2.3",
      repair: true,
    });
    const counts = await engine.rows<{ rows: number }>(
      "SELECT toFloat64(count()) AS rows FROM features.trade_rows UNION ALL SELECT toFloat64(count()) AS rows FROM raw.trades FINAL",
    );
    expect(counts[0]?.rows).toBe(counts[1]?.rows);
  });
});
