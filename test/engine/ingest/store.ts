import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Engine } from "../../../src/engine/port.js";
import type { FormatName } from "../../../src/ingest/formats/format.js";
import { dyingEngine } from "../../support/dying-engine.js";
import { createTables, ingestInto, ingestProject, storedRows } from "../../support/ingest-target.js";

export function describeStore(name: string, open: () => Promise<Engine>): void {
  describe(name, () => {
    const project = ingestProject("");
    let folder: string;
    let engine: Engine;
    beforeAll(async () => {
      engine = await open();
      folder = mkdtempSync(join(tmpdir(), "prism-store-"));
    });
    afterAll(async () => {
      await engine.close();
      rmSync(folder, { recursive: true, force: true });
    });
    beforeEach(() => createTables(engine, project));

    const target = () => ({ engine, project });
    const noon = Date.UTC(2024, 0, 31, 23, 59);
    const minute = 60_000;

    function file(name: string, lines: readonly string[]): string {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), `${lines.join("\n")}\n`);
      return name;
    }

    const run = (
      format: FormatName,
      files: string[],
      on: Engine = engine,
      more: Parameters<typeof ingestInto>[3] = {},
    ) => ingestInto({ engine: on, project }, format, files, { folder, ...more });

    const trade = (id: number, time: number, more: { price?: number; quantity?: number } = {}) =>
      `${id},${more.price ?? 100},${more.quantity ?? 1},100,${time},true,true`;

    const bookHeader = "exchange,symbol,timestamp,local_timestamp,ask_amount,ask_price,bid_price,bid_amount";
    const quote = (time: number, local = time, bid = 100) =>
      `binance,BTCUSDT,${time * 1000},${local * 1000},1,101,${bid},2`;

    async function setWatermark(time: number): Promise<void> {
      await engine.execute(
        `INSERT INTO features.bucket_state (clock, exchange, market_type, symbol, watermark, v)
       VALUES ('ubt', 'binance', 'spot', 'BTCUSDT', fromUnixTimestamp64Milli({time:Int64}, 'UTC'), 1)`,
        { params: { time } },
      );
    }

    /** Buckets of 10 s from noon on, known 1 s after their end, with a gap of a minute behind the third. */
    async function closeBuckets(): Promise<void> {
      await engine.execute(
        `INSERT INTO features.unified_buckets
         (exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, prev_ts_end, available_at, v)
       SELECT 'binance', 'spot', 'BTCUSDT', number + 1,
         fromUnixTimestamp64Milli(start, 'UTC'),
         fromUnixTimestamp64Milli(start + 10000, 'UTC'),
         fromUnixTimestamp64Milli(if(number = 3, start - 1000, start), 'UTC'),
         fromUnixTimestamp64Milli(start + 11000, 'UTC'), 1
       FROM (SELECT number, {noon:Int64} + toInt64(number) * 10000 + if(number >= 3, 60000, 0) AS start FROM numbers(5))`,
        { params: { noon } },
      );
    }

    const dirtyBuckets = () =>
      engine.rows<{ bucket_id: string; state: string; reason: string }>(
        "SELECT DISTINCT bucket_id, state, reason FROM features.dirty FINAL ORDER BY bucket_id",
      );

    describe("rows that come again", () => {
      it("stay as they were stored first, also within one command", async () => {
        const first = file("spot/BTCUSDT-trades-1.csv", [
          trade(1, noon),
          trade(2, noon + 1),
          trade(1, noon, { price: 7 }),
        ]);
        const second = file("spot/BTCUSDT-trades-2.csv", [
          trade(2, noon + 1, { price: 8 }),
          trade(3, noon + 2),
        ]);
        const summary = await run("binance-archive", [first, second]);
        expect(summary).toMatchObject({ read: 5, stored: 3, duplicate: 2, rejected: 0 });
        expect(summary.files).toMatchObject([
          { file: first, read: 3, stored: 2, duplicate: 1, isAlreadyStored: false },
          { file: second, read: 2, stored: 1, duplicate: 1, isAlreadyStored: false },
        ]);
        // A copy under another time is still a copy.
        const third = file("spot/BTCUSDT-trades-3.csv", [
          trade(3, noon + 9 * minute),
          trade(4, noon + 9 * minute),
        ]);
        expect(await run("binance-archive", [third])).toMatchObject({ stored: 1, duplicate: 1 });
        expect(await storedRows(target(), "trades", "trade_id, price")).toEqual([
          { trade_id: "1", price: "100" },
          { trade_id: "2", price: "100" },
          { trade_id: "3", price: "100" },
          { trade_id: "4", price: "100" },
        ]);
      });

      it("are stored again after they were deleted", async () => {
        const name = file("spot/BTCUSDT-trades-1.csv", [trade(1, noon)]);
        await run("binance-archive", [name]);
        await engine.execute("TRUNCATE TABLE raw.trades");
        expect(await run("binance-archive", [name])).toMatchObject({ stored: 1, duplicate: 0 });
        expect(await storedRows(target(), "trades", "trade_id")).toEqual([{ trade_id: "1" }]);
      });

      it("of other instruments are others", async () => {
        const lines = [trade(1, noon), trade(2, noon)];
        const files = [file("spot/BTCUSDT-trades-1.csv", lines), file("spot/ETHUSDT-trades-1.csv", lines)];
        expect(await run("binance-archive", files)).toMatchObject({ stored: 4, duplicate: 0 });
        expect(await run("binance-archive", files)).toMatchObject({ stored: 0, duplicate: 4 });
      });

      it("keep the note of the command that stored them", async () => {
        const name = file("spot/BTCUSDT-trades-1.csv", [trade(1, noon), "2,x,1,100,1,true,true"]);
        const notes =
          "name, format, source, rows, stored, duplicate, rejected, late, isNotNull(finished_at) AS done, length(sha256) AS digits";
        await run("binance-archive", [name]);
        const before = await engine.rows(`SELECT ${notes} FROM raw.ingest_files FINAL`);
        expect(before).toEqual([
          {
            name: "BTCUSDT-trades-1.csv",
            format: "binance-archive",
            source: "trades",
            rows: "2",
            stored: "1",
            duplicate: "0",
            rejected: "1",
            late: "0",
            done: 1,
            digits: "64",
          },
        ]);
        await run("binance-archive", [name]);
        expect(await engine.rows(`SELECT ${notes} FROM raw.ingest_files FINAL`)).toEqual(before);
      });
    });

    describe("late trades", () => {
      it("are below the instrument's watermark: stored, marked, listed and counted", async () => {
        await setWatermark(noon + 1000);
        const name = file("spot/BTCUSDT-trades-1.csv", [
          trade(1, noon),
          trade(2, noon + 999),
          trade(3, noon + 1000),
        ]);
        const other = file("spot/ETHUSDT-trades-1.csv", [trade(1, noon)]);
        expect(await run("binance-archive", [name, other])).toMatchObject({ stored: 4, late: 2 });
        expect(await storedRows(target(), "trades", "symbol, trade_id, late")).toEqual([
          { symbol: "BTCUSDT", trade_id: "1", late: 1 },
          { symbol: "BTCUSDT", trade_id: "2", late: 1 },
          { symbol: "BTCUSDT", trade_id: "3", late: 0 },
          { symbol: "ETHUSDT", trade_id: "1", late: 0 },
        ]);
        const listed = await storedRows(target(), "late_trades", "trade_id, price, side, watermark");
        expect(listed).toEqual([
          { trade_id: "1", price: "100", side: "sell", watermark: "2024-01-31 23:59:01.000" },
          { trade_id: "2", price: "100", side: "sell", watermark: "2024-01-31 23:59:01.000" },
        ]);
        expect(await run("binance-archive", [name])).toMatchObject({ stored: 0, late: 0, duplicate: 3 });
        expect(await engine.rows("SELECT count() AS rows FROM raw.late_trades")).toEqual([{ rows: "2" }]);
      });
    });

    describe("books of closed buckets", () => {
      it("make those buckets dirty that they were in time for", async () => {
        await closeBuckets();
        const rows = [
          quote(noon + 5_000), // bucket 1
          quote(noon + 15_000, noon + 30_000), // known after bucket 2 was closed
          quote(noon + 25_000, noon + 31_000), // bucket 3, known when it was closed
          quote(noon + 50_000), // between buckets: too old to be carried into bucket 4, but a window of time may reach it
          quote(noon + 200_000), // behind the last bucket
        ];
        const name = file("binance_quotes_1.csv", [bookHeader, ...rows]);
        expect(await run("tardis", [name])).toMatchObject({ stored: 5 });
        expect(await dirtyBuckets()).toEqual([
          { bucket_id: "1", state: "open", reason: "orderbooks" },
          { bucket_id: "3", state: "open", reason: "orderbooks" },
          { bucket_id: "4", state: "open", reason: "orderbooks" },
        ]);
      });

      it("make the next bucket dirty when they lie before it, however long", async () => {
        await closeBuckets();
        await run("tardis", [file("binance_quotes_1.csv", [bookHeader, quote(noon + 60_000)])]);
        expect(await dirtyBuckets()).toMatchObject([{ bucket_id: "4" }]);
      });

      it("leave them alone when they were stored before", async () => {
        const name = file("binance_quotes_1.csv", [bookHeader, quote(noon + 5_000)]);
        await run("tardis", [name]);
        await closeBuckets();
        expect(await run("tardis", [name])).toMatchObject({ stored: 0, duplicate: 1 });
        expect(await dirtyBuckets()).toEqual([]);
      });
    });

    describe("trades and aggTrades of one instrument", () => {
      const trades = () => file("spot/BTCUSDT-trades-1.csv", [trade(1, noon)]);
      const aggregates = () => file("spot/BTCUSDT-aggTrades-1.csv", ["9,100,1,1,1,1706745600000,true,true"]);

      it("are refused before anything is stored, in one command", async () => {
        await expect(run("binance-archive", [trades(), aggregates()])).rejects.toMatchObject({
          code: "FS_INGEST_MIXED_KINDS",
        });
        expect(await storedRows(target(), "trades", "trade_id")).toEqual([]);
      });

      it("are refused in two commands, whichever came first", async () => {
        await run("binance-archive", [aggregates()]);
        await expect(run("binance-archive", [trades()])).rejects.toMatchObject({
          code: "FS_INGEST_MIXED_KINDS",
          message: expect.stringContaining("holds aggTrades, and the files bring trades"),
        });
        expect(await storedRows(target(), "trades", "trade_id, kind")).toEqual([
          { trade_id: "9", kind: "agg" },
        ]);
      });
    });

    describe("books of different depth of one instrument", () => {
      const level = (side: string, place: number) => `${side}s[${place}].price,${side}s[${place}].amount`;
      const header = `exchange,symbol,timestamp,local_timestamp,${level("ask", 0)},${level("bid", 0)}`;
      const snapshots = (depth: number, time: number) =>
        file(`binance_book_snapshot_${depth}_1.csv`, [
          header,
          `binance,BTCUSDT,${time}000,${time}000,101,1,100,1`,
        ]);
      const quotes = () => file("binance_quotes_1.csv", [bookHeader, quote(noon)]);
      const kinds = () => storedRows(target(), "orderbooks", "data_source");

      it("are refused before anything is stored, in one command", async () => {
        await expect(run("tardis", [quotes(), snapshots(25, noon)])).rejects.toMatchObject({
          code: "FS_INGEST_MIXED_KINDS",
          message: expect.stringContaining("quotes and book_snapshot_25 of binance/spot/BTCUSDT"),
          hint: expect.stringContaining("'*_book_snapshot_25_*'"),
        });
        expect(await kinds()).toEqual([]);
      });

      it("are refused in two commands; more of the same kind is not", async () => {
        await run("tardis", [snapshots(5, noon)]);
        await expect(run("tardis", [quotes()])).rejects.toMatchObject({
          code: "FS_INGEST_MIXED_KINDS",
          message: expect.stringContaining("holds book_snapshot_5, and the files bring quotes"),
        });
        await run("tardis", [snapshots(5, noon + 1000)]);
        const stored = { data_source: "tardis/book_snapshot_5" };
        expect(await kinds()).toEqual([stored, stored]);
      });
    });

    describe("a slice", () => {
      it("is one part of the table, whatever its size", async () => {
        await engine.execute("SYSTEM STOP MERGES raw.trades");
        const lines = Array.from({ length: 200_000 }, (_, row) => trade(row + 1, noon + (row % 1000) * 100));
        const summary = await run("binance-archive", [file("spot/BTCUSDT-trades-1.csv", lines)]);
        expect(summary).toMatchObject({ stored: 200_000 });
        const parts = await engine.rows(
          "SELECT _part AS part, toYYYYMM(timestamp) AS month, count() > 1 AS many FROM raw.trades GROUP BY part, month ORDER BY month",
        );
        expect(parts).toMatchObject([
          { month: 202401, many: 1 },
          { month: 202402, many: 1 },
        ]);
      });
    });

    describe("a command that is killed", () => {
      const tables = ["trades", "late_trades", "orderbooks", "ingest_rejects"];
      const contents = async () => {
        const found: Record<string, unknown> = {};
        for (const table of tables) {
          found[table] =
            table === "ingest_rejects"
              ? await storedRows(target(), table, "* EXCEPT ingested_at")
              : await storedRows(target(), table);
        }
        return found;
      };

      it("anywhere leaves what the same command completes to the same tables", async () => {
        const months = Array.from({ length: 4 }, (_, month) => Date.UTC(2024, month, 15));
        const lines = months.flatMap((time, month) => [
          trade(10 * month + 1, time),
          trade(10 * month + 2, time + 1),
        ]);
        const tardisHeader = "exchange,symbol,timestamp,local_timestamp,id,side,price,amount";
        const tardisRow = (line: string) => {
          const [id, price, quantity, , time] = line.split(",");
          return `binance,BTCUSDT,${time}000,${time}000,${id},sell,${price},${quantity}`;
        };
        const files = [
          file("binance_trades_1.csv", [
            tardisHeader,
            ...lines.map(tardisRow),
            "binance,BTCUSDT,1,1,9,sell,x,1",
          ]),
          file("binance_quotes_1.csv", [bookHeader, ...months.map((time) => quote(time))]),
        ];
        await setWatermark(months[1] ?? 0);
        await run("tardis", files);
        const whole = await contents();
        expect(whole.trades).toHaveLength(8);
        expect(whole.late_trades).toHaveLength(2);
        expect(whole.ingest_rejects).toHaveLength(1);

        let isDone = false;
        let kills = 0;
        while (!isDone) {
          for (const table of [...tables, "ingest_files"])
            await engine.execute(`TRUNCATE TABLE raw.${table}`);
          const killed = await run("tardis", files, dyingEngine(engine, kills)).catch(
            (error: Error) => error.message,
          );
          isDone = killed !== "killed" && kills > 10;
          const trades = await storedRows(target(), "trades");
          // All that came before some moment, so that the cutter may take it as a shorter file.
          expect(trades).toEqual((whole.trades as unknown[]).slice(0, trades.length));
          await run("tardis", files);
          expect(await contents()).toEqual(whole);
          const left = await engine.rows(
            "SELECT name FROM system.tables WHERE database = 'raw' AND startsWith(name, 'staging')",
          );
          // On a server they may be another command's, for a day.
          if (engine.kind === "embedded") expect(left).toEqual([]);
          kills += 1;
        }
        expect(kills).toBeGreaterThan(15);
      });
    });

    describe("progress", () => {
      it("tells files, then rows, to the end", async () => {
        const names = [
          file("spot/BTCUSDT-trades-1.csv", [trade(1, noon)]),
          file("spot/BTCUSDT-trades-2.csv", [trade(2, noon)]),
        ];
        const seen: string[] = [];
        const onProgress = ({ phase, done, total }: { phase: string; done: number; total: number }) =>
          seen.push(`${phase} ${done}/${total}`);
        const summary = await run("binance-archive", names, engine, { onProgress });
        expect(seen).toEqual(["read 0/2", "read 1/2", "read 2/2", "store 2/2", "close 0/0"]);
        expect(summary).toMatchObject({ bucketsClosed: 0 });
      });
    });
  });
}
