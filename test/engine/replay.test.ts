/** Recordings that are played back: the same tables as when they are read at once, and events on the way. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PrismClient } from "../../src/client/client.js";
import { openScratch } from "../../src/engine/open.js";
import { advance, advanceSession } from "../../src/ingest/buckets/advance.js";
import type { BucketRange } from "../../src/ingest/buckets/batches.js";
import { ingest } from "../../src/ingest/ingest.js";
import { play } from "../../src/ingest/replay/play.js";
import { ReplayClock } from "../../src/ingest/replay/replay-clock.js";
import { OnlineStore } from "../../src/online/online-store.js";
import type { ServedVector } from "../../src/online/served-vector.js";
import { KeyRing } from "../../src/serve/keys/key-ring.js";
import { listen } from "../../src/serve/listen.js";
import { defaultServiceLimits } from "../../src/serve/service.js";
import { ingestPaths, ingestTardis, writeFiles } from "../support/ingest-files.js";
import { servedStock } from "../support/served-stock.js";
import { startLoad, type ToldRow } from "../support/steady-load.js";
import { clockChange, type Deployment, deployStock } from "../support/stock-deployment.js";
import { storedTables } from "../support/stored-rows.js";
import { threePartMarket } from "../support/three-part-market.js";

const { files } = threePartMarket(160);
const clock = clockChange({
  mode: "volume",
  size: "3",
  maxMs: 20_000,
  maxTrades: 100_000,
  bookGapMs: 120_000,
});
const folder = mkdtempSync(join(tmpdir(), "prism-replay-"));
const steps = 10;
const asked = "binance/spot/BTCUSDT";

let atOnce: Deployment;
let played: Deployment;
let vector: ServedVector;
beforeAll(async () => {
  const engine = await openScratch();
  atOnce = await deployStock(engine, { prefix: "once_", clock });
  played = await deployStock(engine, { prefix: "play_", clock });
  [vector] = (await servedStock(played)) as [ServedVector];
});
afterAll(async () => {
  await played.engine.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Plays files in `steps` steps without waiting; returns how many buckets were closed after each step. */
async function replay(paths: readonly string[], store: OnlineStore, time: ReplayClock): Promise<number[]> {
  const { engine, project, context } = played;
  const closed: number[] = [];
  let sum = 0;
  await ingest({
    engine,
    project,
    format: "tardis",
    files: paths,
    folder,
    options: { instrument: undefined, map: undefined, market: undefined, source: undefined },
    now: Date.now,
    replay: async (held) => {
      const session = advanceSession(context, held.mayMarkDirty);
      const span = (held.span?.last ?? 0) - (held.span?.first ?? 0);
      await play(held, {
        speed: span / steps / 100,
        clock: time,
        signal: new AbortController().signal,
        wall: () => Number.MAX_SAFE_INTEGER,
        onStep: async () => {
          const updates: Promise<void>[] = [];
          const onComputed = (ranges: readonly BucketRange[]) => {
            updates.push(store.closed("ubt", ranges));
          };
          const watermark = held.watermark.bind(held);
          const { instruments } = held;
          sum += (await advance(context, { instruments, session, watermark, onComputed })).bucketsClosed;
          await Promise.all(updates);
          closed.push(sum);
        },
      });
    },
  });
  return closed;
}

describe("a replay", () => {
  it("leaves the tables that reading the same files leaves, also behind rows that were there before", async () => {
    const paths = writeFiles(folder, [...files.second, ...files.books]);
    for (const deployment of [atOnce, played]) await ingestTardis(deployment, files.first);
    await ingestPaths(atOnce, "tardis", paths);

    const time = new ReplayClock(() => 0);
    const store = new OnlineStore({ reader: played.engine, vectors: [vector], now: time.now });
    await store.warm();
    const service = await listen(
      {
        store,
        engine: played.engine,
        database: played.project.databases.features,
        instruments: [asked],
        keys: new KeyRing([]),
        now: time.now,
        version: "0.0.0",
        limits: { ...defaultServiceLimits, requestsPerSecond: 0 },
        log: undefined,
      },
      "127.0.0.1",
      0,
    );
    const row = `/v1/vectors/${vector.name}`;
    const load = startLoad(service.url, {
      connections: 50,
      pauseMs: 100,
      latest: `${row}/latest?instrument=${asked}`,
      others: [`${row}/sequence?instrument=${asked}`, row, "/healthz"],
    });
    const seen: string[] = [];
    const client = new PrismClient({ url: service.url });
    const listening = (async () => {
      for await (const event of client.events(vector.name))
        seen.push(`${event.instrument} ${event.bucket_id}`);
    })();
    await fetch(`${service.url}/healthz`);
    const told: string[] = [];
    const usable: ToldRow[] = [];
    store.onRow(({ instrument, row, at }) => {
      if (instrument === asked) usable.push({ bucketId: row.bucketId, availableAt: row.availableAt });
      told.push(`${instrument} ${row.bucketId}`);
      // No row is readable before the market's time has come to its close.
      expect(at).toBeGreaterThanOrEqual(row.availableAt - vector.lagMs);
    });
    const closed = await replay(paths, store, time);
    // It ends while 50 connections ask: what was taken is answered.
    await service.close();
    await load.stop();
    await listening;
    expect(load.failures).toEqual([]);
    expect(usable.length).toBeGreaterThan(3);
    expect(load.seen.filter(({ bucketId }) => bucketId !== null).length).toBeGreaterThan(50);
    const { maxAgeMs } = vector;
    expect(
      load.seen.filter(({ bucketId, ageS }) => bucketId !== null && (ageS ?? 0) * 1000 > maxAgeMs),
    ).toEqual([]);

    const wanted = await storedTables(atOnce);
    for (const [table, rows] of Object.entries(await storedTables(played))) {
      const differences = rows.filter(
        (row, index) => JSON.stringify(row) !== JSON.stringify(wanted[table]?.[index]),
      );
      expect([table, rows.length, differences.slice(0, 3)]).toEqual([table, wanted[table]?.length, []]);
    }
    expect(closed.length).toBeGreaterThanOrEqual(steps);
    expect(new Set(closed).size).toBeGreaterThan(3);
    expect(told.length).toBe(closed.at(-1));
    expect(seen).toEqual(told);
    const left = await played.engine.rows(
      "SELECT name FROM system.tables WHERE database = {raw:String} AND startsWith(name, 'staging_')",
      { params: { raw: played.project.databases.raw } },
    );
    expect(left).toEqual([]);
  }, 240_000);

  it("of files that were stored before changes nothing", async () => {
    const before = await storedTables(played);
    const time = new ReplayClock(() => 0);
    const store = new OnlineStore({ reader: played.engine, vectors: [vector], now: time.now });
    expect(await replay([join(folder, "0", files.second[0]?.name ?? "")], store, time)).toEqual([]);
    expect(await storedTables(played)).toEqual(before);
  });
});
