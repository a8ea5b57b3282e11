/** What becomes of stored values once retention has removed raw rows: they stay, or are said to go. None becomes another number. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { compileProject } from "../../src/compile/compile-project.js";
import { sourceTable } from "../../src/compile/source-relation.js";
import { openScratch } from "../../src/engine/open.js";
import type { Engine } from "../../src/engine/port.js";
import { advance } from "../../src/ingest/buckets/advance.js";
import { type ClockContext, clockContext } from "../../src/ingest/buckets/clock-context.js";
import { rebuildInstrument } from "../../src/ingest/buckets/rebuild.js";
import { markDirtyBuckets } from "../../src/ingest/store/mark-dirty.js";
import { applyProject } from "../../src/migrate/apply.js";
import { quoteName } from "../../src/schema/quote.js";
import type { ProjectSpecs } from "../../src/spec/model.js";
import { parseProject } from "../../src/spec/parse-project.js";
import { storeBooks, storeTrades } from "../support/raw-rows.js";

const key = { exchange: "binance", market_type: "spot", symbol: "BTCUSDT" };
const instrument = { exchange: "binance", marketType: "spot", symbol: "BTCUSDT" } as const;
const began = Date.UTC(2024, 7, 8);
/** A trade a second; a bucket holds three of them. */
const trades = Array.from({ length: 90 }, (_, second) => ({
  ...key,
  timestamp: began + second * 1000,
  available_at: began + second * 1000,
  trade_seq: second + 1,
  trade_id: String(second + 1),
  price: String(100 + (second % 7)),
  quantity: "1",
  side: second % 3 === 0 ? ("sell" as const) : ("buy" as const),
  late: 0 as const,
}));
const booksAt = (quantity: string) =>
  trades.map(({ timestamp }, index) => ({
    ...key,
    timestamp: timestamp + 100,
    available_at: timestamp + 100,
    book_seq: index + 1,
    bid_px: ["99"],
    bid_qty: [quantity],
    ask_px: ["101"],
    ask_qty: ["1"],
  }));

const views = {
  flow: "from: trades\ncolumns: { volume: { sql: sum(quantity) } }",
  /** Reaches into the three buckets before. */
  seconds: "from: trades\ntime_windows: { t9: 9s }\ncolumns: { volume: { sql: sum(quantity) OVER t9 } }",
  quotes: "from: books\ncolumns: { depth: { sql: 'avg(bid_qty[1])' } }",
  trend:
    "from: [flow, seconds]\nwindows: { w3: { buckets: 3 } }\ncolumns: { mean: { sql: 'max(flow.volume) OVER w3' } }",
};
const tables = ["flow", "seconds", "quotes", "trend"] as const;

describe("once raw rows are past their retention", () => {
  let engine: Engine;
  let root: string;
  let specs: ProjectSpecs;
  let context: ClockContext;
  let databases = 0;

  beforeAll(async () => {
    engine = await openScratch();
  });
  afterAll(() => engine.close());

  const specsOf = (own: Readonly<Record<string, string>>): ProjectSpecs =>
    parseProject(
      [
        {
          path: "features.yaml",
          text: `project: expiry
engine: embedded
targets: { embedded: { engine: embedded, path: db } }
databases: { raw: raw_${databases}, cold: cold_${databases}, features: f_${databases}, registry: r_${databases} }
instruments: { binance/spot/BTCUSDT: { tick_size: 0.01, lot_size: 0.00001, base: BTC, quote: USDT } }
clocks: { ubt: { mode: volume, size: { fallback: 3 } } }
`,
        },
        ...Object.entries(own).map(([name, text]) => ({
          path: `features/${name}.yaml`,
          text: `view: ${name}\nclock: ubt\n${text}\n`,
        })),
      ],
      {},
      root,
    );

  async function apply(own: Readonly<Record<string, string>>, allowDestructive = false) {
    specs = specsOf(own);
    const { project } = specs;
    const applied = await applyProject({
      engine,
      project,
      catalog: ({ objects }) => compileProject(specs, objects),
      toolVersion: "1.2.3",
      allowDestructive,
    });
    context = clockContext(engine, project, applied.catalog, "ubt", "test");
    return applied;
  }

  /** As TTL does, but now: of the first `seconds`. */
  async function expire(seconds: number): Promise<void> {
    for (const source of ["trades", "orderbooks"] as const) {
      await engine.execute(
        `ALTER TABLE ${quoteName(sourceTable(specs.project, source))} DELETE WHERE timestamp < {until:DateTime64(3, 'UTC')}`,
        {
          params: { until: (began + seconds * 1000) / 1000 },
          settings: { mutations_sync: 2 },
        },
      );
    }
  }

  /** By view, the values of its column by bucket id. */
  async function stored(names: readonly string[] = tables): Promise<Record<string, Record<string, unknown>>> {
    const found: Record<string, Record<string, unknown>> = {};
    for (const name of names) {
      const table = quoteName({ database: specs.project.databases.features, name });
      const column = specs.views.find((view) => view.name === name)?.columns[0]?.name ?? "";
      const rows = await engine.rows<{ id: string; value: unknown }>(
        `SELECT toString(bucket_id) AS id, ${column} AS value FROM ${table} ORDER BY bucket_id`,
      );
      found[name] = Object.fromEntries(rows.map(({ id, value }) => [id, value]));
    }
    return found;
  }

  /** Snapshots that came after the buckets were closed, of all of them. */
  async function storeBooksLate(): Promise<void> {
    const keyParams = { exchanges: ["binance"], market_types: ["spot"], symbols: ["BTCUSDT"] };
    const slice = `SELECT 1 AS instrument, timestamp, available_at FROM ${quoteName(sourceTable(specs.project, "orderbooks"))}`;
    await storeBooks(context, booksAt("5"));
    const store = { engine, project: specs.project, instruments: { keyParams } };
    await markDirtyBuckets(store, "orderbooks", slice, "true", { from: 0, intent: "late books" });
  }

  beforeEach(async () => {
    databases++;
    root = mkdtempSync(join(tmpdir(), "prism-expiry-"));
    await apply(views);
    await storeTrades(context, trades);
    const { bucketsClosed, failures } = await advance(context);
    expect({ bucketsClosed, failures }).toEqual({ bucketsClosed: 30, failures: [] });
    return () => rmSync(root, { recursive: true, force: true });
  });

  it("books that come late change only buckets whose trades, and those of whose look-back, are stored", async () => {
    const before = await stored();
    await expire(31);
    await storeBooksLate();
    const result = await advance(context);
    expect(result.failures).toEqual([]);
    const after = await stored();
    expect({ ...after, quotes: {} }).toEqual({ ...before, quotes: {} });
    // Bucket 11 lost its first trade; the windows of the next two reach it.
    const recomputed = Object.keys(after.quotes ?? {});
    expect(recomputed).toEqual(Array.from({ length: 17 }, (_, index) => String(index + 14)));
    expect(result).toMatchObject({ bucketsRecomputed: 17, bucketsNotRecomputable: 13 });
    // Nothing waits: what cannot be computed again is not tried again.
    expect(await advance(context)).toMatchObject({ bucketsRecomputed: 0, bucketsNotRecomputable: 0 });
  });

  it("with all raw rows there, books that come late change every bucket", async () => {
    const before = await stored();
    await storeBooksLate();
    expect(await advance(context)).toMatchObject({ bucketsRecomputed: 30, bucketsNotRecomputable: 0 });
    const { quotes, ...others } = await stored();
    expect({ ...others, quotes: {} }).toEqual({ ...before, quotes: {} });
    expect(Object.keys(quotes ?? {})).toHaveLength(30);
  });

  it("cutting the instrument anew is refused, until it is allowed to lose buckets", async () => {
    const before = await stored();
    await expire(31);
    const rebuild = (allowDestructive: boolean) =>
      rebuildInstrument([context], instrument, { storedTables: [], allowDestructive });
    await expect(rebuild(false)).rejects.toMatchObject({
      code: "FS_BUCKETS_EXPIRED",
      message: expect.stringContaining("11 of 30 buckets of clock ubt"),
    });
    expect(await stored()).toEqual(before);
    expect(await rebuild(true)).toMatchObject([{ bucketsBefore: 30, bucketsCut: 19 }]);
  });

  it("a new view starts where raw rows start, and no window that reaches before has a value", async () => {
    await expire(31);
    const own = {
      ...views,
      count: "from: trades\ncolumns: { trades: { sql: count() } }",
      minute: "from: trades\ntime_windows: { t9: 9s }\ncolumns: { trades: { sql: count() OVER t9 } }",
      over: "from: [minute]\nwindows: { w2: { buckets: 2 } }\ncolumns: { mean: { sql: 'avg(trades) OVER w2' } }",
    };
    const before = await stored();
    const applied = await apply(own);
    expect(applied.pastRaw).toEqual([
      { object: "view:count", buckets: 11, lost: 0 },
      { object: "view:minute", buckets: 13, lost: 0 },
    ]);
    const { count, minute, over } = await stored(["count", "minute", "over"]);
    expect(count).toEqual(valuesFrom(12, 3));
    expect(minute).toEqual(valuesFrom(14, 9));
    expect(over).toEqual({
      ...Object.fromEntries(Array.from({ length: 14 }, (_, index) => [index + 1, null])),
      ...valuesFrom(15, 9),
    });
    expect(await stored()).toEqual(before);
  });

  it("a changed view keeps its history, until it is allowed to lose it", async () => {
    const before = await stored();
    await expire(31);
    const changed = { ...views, flow: "from: trades\ncolumns: { volume: { sql: 2 * sum(quantity) } }" };
    await expect(apply(changed)).rejects.toMatchObject({
      code: "FS_PLAN_SHORTER_HISTORY",
      object: "view:flow",
      message: expect.stringContaining("view flow would lose 11 rows"),
    });
    expect(await stored()).toEqual(before);
    const { pastRaw } = await apply(changed, true);
    expect(pastRaw).toEqual([{ object: "view:flow", buckets: 11, lost: 11 }]);
    const { flow, trend, ...others } = await stored();
    expect(flow).toEqual(valuesFrom(12, 6));
    expect(Object.values(trend ?? {}).filter((value) => value !== null && value !== 6)).toEqual([]);
    expect({ ...others, flow: before.flow, trend: before.trend }).toEqual(before);
  });
});

/** The same value for every bucket from one on. */
function valuesFrom(first: number, value: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: 31 - first }, (_, index) => [first + index, value]));
}
