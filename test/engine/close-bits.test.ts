/** The same raw rows, closed in every way that the engine may be driven: the same bits. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openScratch } from "../../src/engine/open.js";
import type { Engine, Settings } from "../../src/engine/port.js";
import { advance } from "../../src/ingest/buckets/advance.js";
import { defaultLimits } from "../../src/ingest/buckets/batches.js";
import { quoteIdentifier, quoteName } from "../../src/schema/quote.js";
import type { InstrumentKey } from "../../src/spec/model.js";
import { engineWithSettings } from "../support/engine-with-settings.js";
import { longMarket } from "../support/long-market.js";
import { storeBooks, storeTrades } from "../support/raw-rows.js";
import { type Deployment, deployStock, emptyTables } from "../support/stock-deployment.js";
import { type StoredRow, storedTables } from "../support/stored-rows.js";

const market = longMarket(1_200, 20240808);
const spot: InstrumentKey = { exchange: "binance", marketType: "spot", symbol: "BTCUSDT" };
const layouts = [1, 7] as const;
const threads = [1, 2] as const;

let engine: Engine;
const deployments = new Map<number, Deployment>();

beforeAll(async () => {
  engine = await openScratch();
  for (const parts of layouts) {
    const size = { fromBucketConfig: false, byInstrument: {}, fallback: "8" };
    const deployment = await deployStock(engine, { prefix: `parts_${parts}_`, clock: { size } });
    for (const name of ["trades", "orderbooks"]) {
      await engine.execute(
        `SYSTEM STOP MERGES ${quoteName({ database: deployment.project.databases.raw, name })}`,
      );
    }
    for (let part = 0; part < parts; part++) {
      const ofPart = (_: unknown, index: number) => index % parts === part;
      await storeTrades(deployment, market.trades.filter(ofPart));
      await storeBooks(deployment, market.books.filter(ofPart));
    }
    deployments.set(parts, deployment);
  }
});
afterAll(() => engine.close());

/** Small reads are otherwise done by one thread, in large blocks. */
function threadSettings(count: number): Settings {
  return {
    max_threads: count,
    max_block_size: 100 * count,
    merge_tree_min_rows_for_concurrent_read: 1,
    merge_tree_min_bytes_for_concurrent_read: 1,
  };
}

function deploymentOf(parts: number): Deployment {
  const deployment = deployments.get(parts);
  if (deployment === undefined) throw new Error(`nothing is stored in ${parts} parts`);
  return deployment;
}

async function closedLive(parts: number, threadCount: number, atOnce: number): Promise<Rows> {
  const deployment = deploymentOf(parts);
  await emptyTables(deployment, "all but raw");
  const context = { ...deployment.context, engine: engineWithSettings(engine, threadSettings(threadCount)) };
  // One bucket an insert is slow: one instrument's buckets are closed so, those of the other at once.
  const shares =
    atOnce === 1 ? [{ instruments: [spot], buckets: 1 }, { buckets: 1_000_000 }] : [{ buckets: atOnce }];
  for (const { buckets, ...of } of shares) {
    const limits = { ...defaultLimits, buckets };
    const { failures, bucketsClosed, bucketsCut } = await advance(context, { ...of, limits });
    expect(failures).toEqual([]);
    expect(bucketsCut).toBeGreaterThan(30);
    expect(bucketsClosed).toBe(bucketsCut);
  }
  return storedTables(deployment);
}

/** What the backfill statements write, in place of what the triggers wrote. */
async function backfilled(parts: number, threadCount: number): Promise<Rows> {
  const deployment = deploymentOf(parts);
  for (const { storage } of deployment.catalog.objects) {
    if (storage !== undefined) await engine.execute(`TRUNCATE TABLE ${quoteName(storage.table)}`);
  }
  for (const { kind, backfill, fusedIn } of deployment.catalog.objects) {
    // No trigger computes labels, so the reference has none.
    if (backfill !== undefined && kind !== "label" && fusedIn === undefined)
      await engine.execute(backfill, { settings: threadSettings(threadCount) });
  }
  return storedTables(deployment);
}

type Rows = Readonly<Record<string, readonly StoredRow[]>>;

describe("closing the same rows", () => {
  let reference: Rows;

  beforeAll(async () => {
    reference = await closedLive(1, 1, 1_000_000);
  });

  it("has enough to tell: two instruments, long windows, several parts, and sums that depend on order", async () => {
    const buckets = reference.unified_buckets ?? [];
    expect(new Set(buckets.map((row) => row.symbol)).size).toBe(2);
    const vectors = Object.entries(reference).find(([name]) => name.startsWith("vector_"))?.[1] ?? [];
    expect(vectors.filter((row) => row.vpin__vpin_50 !== null).length).toBeGreaterThan(10);
    for (const parts of layouts) {
      const [row] = await engine.rows<{ parts: string }>(
        "SELECT count() AS parts FROM system.parts WHERE active AND database = {raw:String} AND table = 'trades'",
        { params: { raw: deploymentOf(parts).project.databases.raw } },
      );
      expect(Number(row?.parts)).toBe(parts);
    }
    const floatSums = await Promise.all(
      layouts.map((parts) => {
        const raw = quoteIdentifier(deploymentOf(parts).project.databases.raw);
        return engine.rows(
          `SELECT toString(sum(toFloat64(quantity) * toFloat64(price))) AS plain_float_sum
           FROM ${raw}.trades FINAL GROUP BY toStartOfInterval(timestamp, INTERVAL 10 SECOND), symbol ORDER BY ALL`,
          { settings: threadSettings(2) },
        );
      }),
    );
    expect(floatSums[0]).not.toEqual(floatSums[1]);
  });

  for (const parts of layouts) {
    for (const threadCount of threads) {
      describe(`from ${parts} part(s), with ${threadCount} thread(s)`, () => {
        // One bucket an insert is compared where there are many parts and threads.
        for (const buckets of parts === 7 && threadCount === 2 ? [1, 13, 1_000_000] : [13, 1_000_000]) {
          it(`gives the same bits with ${buckets} buckets an insert`, async () => {
            expect(await closedLive(parts, threadCount, buckets)).toEqual(reference);
          });
        }

        it("gives the same bits from the backfill statements", async () => {
          expect(await backfilled(parts, threadCount)).toEqual(reference);
        });
      });
    }
  }
});
