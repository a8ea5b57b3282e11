/** Recorded trades and books of some minutes over midnight, as users would ingest them. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openScratch } from "../../src/engine/open.js";
import type { Engine } from "../../src/engine/port.js";
import { fetchDifferences } from "../support/fetch-differences.js";
import { ingestPaths } from "../support/ingest-files.js";
import { marketDifferences } from "../support/market-differences.js";
import type { NaiveClock } from "../support/oracle/naive-cutter.js";
import { naiveBookTable, naiveIngest } from "../support/oracle/naive-ingest.js";
import type { InstrumentColumns } from "../support/oracle/rows.js";
import { archiveTrades, tardisBooks } from "../support/recordings.js";
import { isSharedFileMissing, sharedFile } from "../support/shared-files.js";
import { type Deployment, deployStock, emptyTables } from "../support/stock-deployment.js";
import { type StoredRow, storedFeatures, storedTables } from "../support/stored-rows.js";

const spot: InstrumentColumns = { exchange: "binance", market_type: "spot", symbol: "BTCUSDT" };
const linear: InstrumentColumns = { exchange: "binance", market_type: "linear", symbol: "BTCUSDT" };
const clock: NaiveClock = {
  mode: "volume",
  size: "5",
  maxMs: 60_000,
  maxTrades: 100_000,
  bookGapMs: 120_000,
};
const trades = {
  day8: "binance-archive/spot/BTCUSDT-trades-2024-08-08.zip",
  day9: "binance-archive/spot/BTCUSDT-trades-2024-08-09.zip",
  linear: "binance-archive/futures-um/BTCUSDT-trades-2024-08-08.zip",
};
const books = {
  day8: "tardis/binance_book_snapshot_25_2024-08-08_BTCUSDT.csv.gz",
  day9: "tardis/binance_book_snapshot_25_2024-08-09_BTCUSDT.csv.gz",
  linear: "tardis/binance-futures_book_snapshot_5_2024-08-08_BTCUSDT.csv.gz",
};
const isMissing = ["binance-archive", "tardis"].some((name) => isSharedFileMissing(`data/${name}`));

/** Runs of ingest: the files of each. */
type Runs = readonly (readonly string[])[];

describe.skipIf(isMissing)("recorded trades and books", () => {
  let engine: Engine;
  let deployment: Deployment;
  beforeAll(async () => {
    engine = await openScratch();
    deployment = await deployStock(engine);
  });
  afterAll(() => engine.close());

  async function ingested(runs: Runs): Promise<Record<string, StoredRow[]>> {
    await emptyTables(deployment);
    for (const files of runs) {
      const format = files[0]?.startsWith("tardis") ? "tardis" : "binance-archive";
      const { advanced } = await ingestPaths(
        deployment,
        format,
        files.map((file) => sharedFile(`data/${file}`)),
      );
      expect(advanced.failures).toEqual([]);
    }
    return storedTables(deployment);
  }

  describe("of spot, over midnight", () => {
    let inOrder: Record<string, StoredRow[]>;
    beforeAll(async () => {
      inOrder = await ingested([[trades.day8], [trades.day9], [books.day8], [books.day9]]);
    });

    it("make 74 buckets with the known end, trades and VPIN", async () => {
      expect(inOrder.trades?.length).toBe(19_904);
      expect(inOrder.late_trades).toEqual([]);
      const buckets = inOrder.unified_buckets ?? [];
      expect(buckets.length).toBe(74);
      expect(buckets.reduce((sum, bucket) => sum + Number(bucket.trades), 0)).toBe(19_827);
      const vpin = await storedFeatures(deployment, "vpin");
      expect(vpin[73]?.bucket_ts_end).toBe(1723161904128);
      expect(vpin[18]?.vpin_20).toBeNull();
      expect(vpin[19]?.vpin_20).toBeCloseTo(0.481466308, 9);
      expect(vpin[73]?.vpin_20).toBeCloseTo(0.43001023339016575, 12);
    });

    it("are fetched as a brute-force search finds them, at moments that tie, are early, late or stale", async () => {
      const { differences, matched } = await fetchDifferences(deployment, 3000);
      expect(differences).toEqual([]);
      expect(matched).toBeGreaterThan(1000);
      expect(matched).toBeLessThan(2900);
    });

    it("have the oracle's features, among them the last snapshot known at each bucket's end", async () => {
      const naive = naiveIngest(
        [trades.day8, trades.day9].map((path) => archiveTrades(path, spot)),
        { "binance/spot/BTCUSDT": clock },
      );
      const snapshots = naiveBookTable([books.day8, books.day9].flatMap((path) => tardisBooks(path, spot)));
      expect(snapshots.length).toBe(6_493);
      expect(await marketDifferences(deployment, naive, snapshots)).toEqual([]);
      const states = await storedFeatures(deployment, "book_state");
      expect(states.filter((row) => row.mid !== null).length).toBe(74);
    });

    it.each<[string, Runs]>([
      [
        "both days at once",
        [
          [trades.day8, trades.day9],
          [books.day8, books.day9],
        ],
      ],
      ["both days at once, the later first", [[trades.day9, trades.day8], [books.day9], [books.day8]]],
      ["books first", [[books.day9, books.day8], [trades.day8], [trades.day9]]],
      ["books between the days of the trades", [[trades.day8], [books.day8, books.day9], [trades.day9]]],
      [
        "every file twice",
        [[trades.day8], [books.day8], [trades.day8, trades.day9], [books.day9, books.day8]],
      ],
    ])("give the same tables: %s", async (_, runs) => {
      const tables = await ingested(runs);
      for (const [name, rows] of Object.entries(inOrder)) expect(tables[name], name).toEqual(rows);
    });
  });

  it("of futures make 71 buckets with the oracle's features", async () => {
    const tables = await ingested([[books.linear], [trades.linear]]);
    expect(tables.trades?.length).toBe(21_313);
    expect(tables.unified_buckets?.length).toBe(71);
    const naive = naiveIngest([archiveTrades(trades.linear, linear)], {
      "binance/linear/BTCUSDT": { ...clock, size: "25" },
    });
    const snapshots = naiveBookTable(tardisBooks(books.linear, linear));
    expect(await marketDifferences(deployment, naive, snapshots)).toEqual([]);
    const fetched = await fetchDifferences(deployment, 3000);
    expect(fetched.differences).toEqual([]);
    expect(fetched.matched).toBeGreaterThan(1000);
  });
});
