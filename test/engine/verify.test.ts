/** `feature verify` on recordings: green as they are, and red for everything that is planted. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CompiledObject } from "../../src/compile/catalog.js";
import { openScratch } from "../../src/engine/open.js";
import type { Engine } from "../../src/engine/port.js";
import { quoteName } from "../../src/schema/quote.js";
import type { VerifyOptions } from "../../src/verify/check.js";
import { checks } from "../../src/verify/checks.js";
import { type NamedResult, verify } from "../../src/verify/verify.js";
import { ingestPaths } from "../support/ingest-files.js";
import { isSharedFileMissing, sharedFile } from "../support/shared-files.js";
import { type Deployment, deployStock } from "../support/stock-deployment.js";

const isMissing = ["binance-archive", "tardis"].some((name) => isSharedFileMissing(`data/${name}`));
const small: VerifyOptions = {
  sample: 4,
  seed: 1,
  from: undefined,
  to: undefined,
  instruments: undefined,
};

describe.skipIf(isMissing)("verify, on recordings of spot and futures", () => {
  let engine: Engine;
  let deployment: Deployment;

  beforeAll(async () => {
    engine = await openScratch();
    deployment = await deployStock(engine);
    const runs = [
      ["tardis", "tardis/binance-futures_trades_2023-04-05_BTCUSDT.csv.gz"],
      ["tardis", "tardis/binance-futures_book_snapshot_5_2023-04-05_BTCUSDT.csv.gz"],
      ["binance-archive", "binance-archive/spot/BTCUSDT-trades-2024-08-08.zip"],
      ["binance-archive", "binance-archive/futures-um/BTCUSDT-trades-2024-08-08.zip"],
      ["tardis", "tardis/binance_book_snapshot_25_2024-08-08_BTCUSDT.csv.gz"],
      ["tardis", "tardis/binance-futures_book_snapshot_5_2024-08-08_BTCUSDT.csv.gz"],
    ] as const;
    for (const [format, path] of runs) {
      const { advanced } = await ingestPaths(deployment, format, [sharedFile(`data/${path}`)]);
      expect(advanced.failures).toEqual([]);
    }
  }, 600_000);
  afterAll(() => engine.close());

  interface Change {
    readonly options?: Partial<VerifyOptions>;
    readonly only?: readonly string[];
    readonly edit?: (object: CompiledObject) => CompiledObject;
    readonly rawMs?: number;
  }

  /** The checks by name, over the stock catalog or one with edited objects. */
  async function verified({ options, only, edit, rawMs }: Change = {}): Promise<Record<string, NamedResult>> {
    const { catalog, project } = deployment;
    const { loadProject } = await import("../../src/cli/project-files.js");
    const { packageRoot } = await import("../support/run-feature.js");
    const specs = await loadProject({ project: packageRoot, target: undefined }, {});
    const { checks: results } = await verify({
      engine,
      specs: { ...specs, project: { ...project, retention: { ...project.retention, rawMs } } },
      catalog: edit === undefined ? catalog : { ...catalog, objects: catalog.objects.map(edit) },
      checks: checks.filter(({ name }) => only?.includes(name) ?? true),
      options: { ...small, ...options },
    });
    return Object.fromEntries(results.map((result) => [result.check, result]));
  }

  function objectNamed(name: string): CompiledObject {
    const object = deployment.catalog.objects.find(
      (item) => item.name === name && item.storage !== undefined,
    );
    if (object === undefined) throw new Error(`no object ${name}`);
    return object;
  }

  function tableOf(name: string): string {
    const table = objectNamed(name).storage?.table;
    if (table === undefined) throw new Error(`${name} stores nothing`);
    return quoteName(table);
  }

  /** Edits one object's text, which the edit must change, and leaves the others out of what is computed again. */
  function rewritten(
    name: string,
    change: (text: string) => string,
  ): (object: CompiledObject) => CompiledObject {
    return (object) => {
      if (object.name !== name || object.backfill === undefined) return { ...object, backfill: undefined };
      const backfill = change(object.backfill);
      if (backfill === object.backfill) throw new Error(`the edit of ${name} changes nothing`);
      return { ...object, backfill };
    };
  }

  it("is green as it was ingested, and says what it looked at", async () => {
    const results = await verified();
    for (const result of Object.values(results)) expect(result).toMatchObject({ ok: true, findings: [] });
    expect(Object.keys(results)).toEqual(["monotonic", "expect", "parity", "leakage"]);
    expect(results.monotonic?.checked).toBeGreaterThan(120);
    // Labels look forward: no close computes them.
    const objects = deployment.catalog.objects.filter(
      ({ kind, storage }) => storage !== undefined && kind !== "label" && kind !== "fused",
    );
    expect(results.parity?.checked).toBe(objects.length * 2 * 4);
  });

  it("is green on every bucket by parity", async () => {
    const { parity } = await verified({ only: ["parity"], options: { sample: undefined } });
    expect(parity).toMatchObject({ ok: true, failed: 0 });
  });

  it("refuses to be green on nothing", async () => {
    await expect(verified({ options: { from: Date.UTC(2031, 0, 1) } })).rejects.toMatchObject({
      code: "FS_VERIFY_NOTHING",
    });
  });

  it.each<[string, string, (text: string) => string]>([
    [
      "a window that reaches one bucket ahead",
      "vpin",
      (text) =>
        text
          .replace("RANGE BETWEEN 19 PRECEDING AND CURRENT ROW", "RANGE BETWEEN 18 PRECEDING AND 1 FOLLOWING")
          .replace("bucket_id + 1)) AS bucket_id", "bucket_id + 2)) AS bucket_id"),
    ],
    [
      "a join to the next bucket",
      "vector_trend_v1",
      (text) =>
        text.replace("`book_state`.bucket_id = c.bucket_id", "`book_state`.bucket_id = c.bucket_id + 1"),
    ],
    [
      "a statistic of the whole history",
      "order_flow",
      (text) =>
        text.replace("sum(quantity_exact)", `sum(quantity_exact) / (SELECT count() FROM ${tableOf("vpin")})`),
    ],
  ])("finds a leak that is %s", async (_, name, change) => {
    const object = deployment.catalog.objects.find((item) => tableOrName(item) === name);
    if (object === undefined) throw new Error(`no ${name}`);
    const { leakage } = await verified({
      only: ["leakage"],
      edit: rewritten(object.name, (text) => change(text)),
      options: { sample: 12, instruments: [spot] },
    });
    expect(leakage?.failed).toBeGreaterThan(0);
    expect(new Set(leakage?.findings.map(({ object: found }) => found))).toEqual(
      new Set([`${object.kind} ${object.name}`]),
    );
  });

  function tableOrName(object: CompiledObject): string {
    return object.kind === "vector" ? `vector_${object.name}` : object.name;
  }

  it("finds an as-of by event time alone, as soon as a row was known late", async () => {
    const books = quoteName({ database: deployment.project.databases.raw, name: "orderbooks" });
    const buckets = quoteName(deployment.context.compiled.buckets);
    const [bucket] = await engine.rows<{ end: string }>(
      `SELECT toString(toUnixTimestamp64Milli(bucket_ts_end)) AS end FROM ${buckets} FINAL
       WHERE market_type = 'spot' AND bucket_id = 7`,
    );
    const bucketEnd = Number(bucket?.end);
    // A snapshot of bucket 7 that arrived ten minutes late.
    await engine.execute(
      `INSERT INTO ${books} SELECT * REPLACE (
         timestamp + toIntervalMillisecond(1) AS timestamp, timestamp + toIntervalMinute(10) AS available_at,
         arrayMap(price -> price + 1, bid_px) AS bid_px, book_seq + 1 AS book_seq)
       FROM ${books} FINAL
       WHERE market_type = 'spot'
         AND timestamp < (SELECT bucket_ts_end FROM ${buckets} FINAL WHERE market_type = 'spot' AND bucket_id = 7) - toIntervalMillisecond(1)
       ORDER BY timestamp DESC LIMIT 1`,
    );
    const everything = {
      only: ["leakage"],
      options: { sample: undefined, to: bucketEnd, instruments: [spot] },
    };
    expect((await verified({ only: ["parity"], options: { sample: undefined } })).parity?.ok).toBe(true);
    const leaky = await verified({
      ...everything,
      edit: rewritten("book_state", (text) => text.replace("AND s.available_at <= b.available_at", "")),
    });
    expect(leaky.leakage?.findings).toMatchObject([
      { object: "view book_state", instrument: "binance/spot/BTCUSDT", bucketId: 7 },
    ]);
  });

  const spot = { exchange: "binance", marketType: "spot", symbol: "BTCUSDT" } as const;

  it("names the view, the bucket and the column of a changed value, with both values", async () => {
    const table = tableOf("order_flow");
    await engine.execute(
      `INSERT INTO ${table} SELECT * REPLACE (order_flow__volume + 0.00000001 AS order_flow__volume, v + 1 AS v)
       FROM ${table} FINAL WHERE market_type = 'spot' AND bucket_id = 3`,
    );
    const { parity } = await verified({ only: ["parity"], options: { sample: undefined } });
    expect(parity?.ok).toBe(false);
    const [finding] = parity?.findings.filter(({ object }) => object === "view order_flow") ?? [];
    expect(finding).toMatchObject({ instrument: "binance/spot/BTCUSDT", bucketId: 3 });
    expect(finding?.columns).toMatchObject([{ column: "volume" }]);
    const [column] = finding?.columns ?? [];
    expect(Number(column?.found) - Number(column?.expected)).toBeCloseTo(1e-8, 10);
    await engine.execute(`DELETE FROM ${table} WHERE market_type = 'spot' AND bucket_id = 3`);
    const gone = await verified({ only: ["parity", "monotonic"], options: { sample: undefined } });
    // They share the table.
    expect(gone.monotonic?.findings).toMatchObject(
      ["view order_flow", "view trade_impact"].map((object) => ({
        object,
        bucketId: 3,
        message: "the bucket is complete, but has no row",
      })),
    );
    expect(gone.parity?.findings[0]).toMatchObject({ object: "view order_flow", bucketId: 3 });
  });

  it("checks what the views expect", async () => {
    const table = tableOf("order_flow");
    await engine.execute(
      `INSERT INTO ${table} SELECT * REPLACE (-1 AS order_flow__volume, v + 1 AS v)
       FROM ${table} FINAL WHERE market_type = 'spot' AND bucket_id = 4`,
    );
    const { loadProject } = await import("../../src/cli/project-files.js");
    const { packageRoot } = await import("../support/run-feature.js");
    const specs = await loadProject({ project: packageRoot, target: undefined }, {});
    const expectation = { column: "volume", notNull: true, nullShareMax: undefined, min: 0, max: undefined };
    const { checks: results } = await verify({
      engine,
      specs: {
        ...specs,
        project: deployment.project,
        views: specs.views.map((view) =>
          view.name === "order_flow" ? { ...view, expect: [expectation] } : { ...view, expect: [] },
        ),
      },
      catalog: deployment.catalog,
      checks: checks.filter(({ name }) => name === "expect"),
      options: small,
    });
    expect(results).toMatchObject([
      {
        failed: 1,
        findings: [
          {
            object: "view order_flow",
            instrument: "binance/spot/BTCUSDT",
            bucketId: 4,
            message: "volume is -1 at its lowest; it should not be below 0",
          },
        ],
      },
    ]);
  });

  it("counts what raw retention removed as not recomputable, and is not green", async () => {
    const trades = quoteName({ database: deployment.project.databases.raw, name: "trades" });
    await engine.execute(`DELETE FROM ${trades} WHERE toYear(timestamp) = 2023`);
    const options = { to: Date.UTC(2024, 0, 1), sample: 3 };
    const kept = await verified({ options });
    expect(kept.monotonic?.failed).toBeGreaterThan(0);
    const expired = await verified({ options, rawMs: 1 });
    for (const name of ["monotonic", "parity", "leakage"]) {
      expect(expired[name], name).toMatchObject({ ok: false, failed: 0 });
      expect(expired[name]?.notRecomputable, name).toBeGreaterThan(0);
    }
    // A view of raw rows alone comes out empty on both sides, which are equal.
    const onlyRaw = rewritten("order_flow", (text) => `${text} `);
    const { leakage } = await verified({ options, rawMs: 1, only: ["leakage"], edit: onlyRaw });
    expect(leakage).toMatchObject({ ok: false, checked: 3, failed: 0, notRecomputable: 3 });
  });

  it("names a bucket that was removed", async () => {
    const buckets = quoteName(deployment.context.compiled.buckets);
    await engine.execute(`DELETE FROM ${buckets} WHERE market_type = 'spot' AND bucket_id = 5`);
    const { monotonic } = await verified({ only: ["monotonic"], options: { instruments: [spot] } });
    expect(monotonic?.ok).toBe(false);
    expect(monotonic?.findings.map(({ object, message }) => `${object}: ${message}`)).toEqual(
      expect.arrayContaining([
        "clock ubt: bucket 5 is gone: the one before it is 4",
        "clock ubt: it is recorded as complete, but is not stored",
        "view order_flow: it has a row, but there is no such bucket",
      ]),
    );
  });
});
