/** The online store against the vector's table: filled at start, by closes in this process, and by looking at the table. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openScratch } from "../../src/engine/open.js";
import type { BucketRange } from "../../src/ingest/buckets/batches.js";
import { OnlineStore, type RowEvent } from "../../src/online/online-store.js";
import { readNewest } from "../../src/online/read-rows.js";
import type { ServedVector } from "../../src/online/served-vector.js";
import { VectorRing } from "../../src/online/vector-ring.js";
import { quoteName } from "../../src/schema/quote.js";
import { ServedLog } from "../../src/serve/served-log.js";
import { instrumentName } from "../../src/spec/model.js";
import { ingestTardis } from "../support/ingest-files.js";
import { onlineBits, servedStock, tableBits } from "../support/served-stock.js";
import { clockChange, type Deployment, deployStock } from "../support/stock-deployment.js";
import { threePartMarket } from "../support/three-part-market.js";

const { files } = threePartMarket(160);
const never = Number.POSITIVE_INFINITY;
let deployment: Deployment;
let vector: ServedVector;
beforeAll(async () => {
  const clock = clockChange({
    mode: "volume",
    size: "3",
    maxMs: 60_000,
    maxTrades: 100_000,
    bookGapMs: 120_000,
  });
  deployment = await deployStock(await openScratch(), { clock });
  const [stock] = (await servedStock(deployment)) as [ServedVector];
  vector = { ...stock, history: 6 };
});
afterAll(() => deployment.engine.close());

describe("the online store", () => {
  it("holds what the table holds after every step, however it is told", async () => {
    const open = (now = () => never) =>
      new OnlineStore({ reader: deployment.engine, vectors: [vector], now });
    const told = open();
    const looking = open();
    const events: RowEvent[] = [];
    told.onRow((event) => events.push(event));
    let updates: Promise<void>[] = [];
    const onComputed = (ranges: readonly BucketRange[]) => {
      updates.push(told.closed("ubt", ranges));
    };
    await told.warm();
    expect(told.instruments("trend_v1")).toEqual([]);
    for (const part of [files.first, files.second, files.books, files.late]) {
      updates = [];
      await ingestTardis(deployment, part, undefined, onComputed);
      await Promise.all(updates);
      await looking.poll();
      const warmed = open();
      await warmed.warm();
      const expected = await tableBits(deployment, vector);
      expect(Object.keys(expected).length).toBe(2);
      for (const store of [told, looking, warmed]) expect(onlineBits(store, vector)).toEqual(expected);
    }
    const first = told.instruments("trend_v1")[0] ?? "";
    const ids = events.filter(({ instrument }) => instrument === first).map(({ row }) => row.bucketId);
    expect(ids).toEqual(ids.map((_, index) => (ids[0] ?? 0) + index));
    expect(ids.length).toBeGreaterThan(vector.history);

    const newest = told.latest("trend_v1", first)?.row;
    const at = newest?.availableAt ?? 0;
    const reading = async (now: number) => {
      const store = open(() => now);
      await store.warm();
      const found = store.latest("trend_v1", first);
      return [found?.row.bucketId, found?.ageMs, found?.isStale];
    };
    expect(await reading(at)).toEqual([newest?.bucketId, 0, false]);
    expect(await reading(at + vector.maxAgeMs)).toEqual([newest?.bucketId, vector.maxAgeMs, false]);
    expect(await reading(at + vector.maxAgeMs + 1)).toEqual([newest?.bucketId, vector.maxAgeMs + 1, true]);
    expect((await reading(at - 1))[0]).toBeLessThan(newest?.bucketId ?? 0);

    // An instrument that was cut anew: its ids begin again.
    await deployment.engine.execute(`DELETE FROM ${quoteName(vector.table)} WHERE bucket_id > 7`);
    await looking.poll();
    expect(onlineBits(looking, vector)).toEqual(await tableBits(deployment, vector));
  });

  it("is noted as fetched once a version and instrument, also those that come later", async () => {
    const { engine, project } = deployment;
    const table = { database: project.databases.features, name: "fetches" };
    const noted = () =>
      engine.rows<{ name: string; version: string; buckets: string }>(
        `SELECT concat(exchange, '/', market_type, '/', symbol) AS name, version, buckets
         FROM ${quoteName(table)} ORDER BY fetched_at, name`,
      );
    const before = (await noted()).length;
    const store = new OnlineStore({ reader: engine, vectors: [vector], now: () => 0 });
    const log = await ServedLog.open(engine, table, store);
    expect(await noted()).toHaveLength(before);
    const [first, ...others] = await readNewest(engine, vector);
    if (first === undefined) throw new Error("no instrument");
    await store.closed(vector.clock, [{ instrument: first.instrument, from: 1, to: first.last }]);
    await log.note();
    await store.poll();
    await log.note();
    await log.note();
    await log.close();
    const rows = (await noted()).slice(before);
    const held = (name: string) => ({
      name,
      version: vector.table.name,
      buckets: String(store.size(vector.name, name)),
    });
    const names = [first, ...others].map(({ instrument }) => instrumentName(instrument));
    expect(rows[0]).toEqual(held(names[0] ?? ""));
    expect(new Set(rows.map(({ name }) => name))).toEqual(new Set(names));
    expect(rows).toHaveLength(names.length);
  });

  it("refuses to start when its rows do not fit into the memory it may take", async () => {
    const bytes = VectorRing.bytes(vector.features.length, vector.history);
    const store = new OnlineStore({
      reader: deployment.engine,
      vectors: [vector],
      now: () => 0,
      maxBytes: bytes,
    });
    await expect(store.warm()).rejects.toMatchObject({ code: "FS_SERVE_MEMORY" });
    expect(store.stats).toMatchObject({ rings: 1, refused: 1, bytes, maxBytes: bytes });
  });
});
