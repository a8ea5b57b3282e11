/** The online store against the vector's table: filled at start, by closes in this process, and by looking at the table. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openScratch } from "../../src/engine/open.js";
import type { BucketRange } from "../../src/ingest/buckets/batches.js";
import { OnlineStore, type RowEvent } from "../../src/online/online-store.js";
import type { ServedVector } from "../../src/online/served-vector.js";
import { VectorRing } from "../../src/online/vector-ring.js";
import { quoteName } from "../../src/schema/quote.js";
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
