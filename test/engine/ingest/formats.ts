import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Engine } from "../../../src/engine/port.js";
import type { CsvMap } from "../../../src/spec/model.js";
import { createTables, ingestInto, ingestProject, storedRows } from "../../support/ingest-target.js";
import { zipOf } from "../../support/zip-files.js";

export function describeFormats(name: string, open: () => Promise<Engine>): void {
  describe(name, () => {
    const project = ingestProject("");
    let folder: string;
    let engine: Engine;
    beforeAll(async () => {
      engine = await open();
      folder = mkdtempSync(join(tmpdir(), "prism-formats-"));
    });
    afterAll(async () => {
      await engine.close();
      rmSync(folder, { recursive: true, force: true });
    });
    beforeEach(() => createTables(engine, project));

    const target = () => ({ engine, project });

    function file(name: string, content: string | Buffer): string {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
      return name;
    }

    const run = (
      format: Parameters<typeof ingestInto>[1],
      files: string[],
      more: Parameters<typeof ingestInto>[3] = {},
    ) => ingestInto(target(), format, files, { folder, ...more });

    const shown =
      "market_type, symbol, timestamp, trade_seq, trade_id, price, quantity, side, is_maker, kind";

    describe("Binance's archive", () => {
      it("has trades in milliseconds and, since 2025, in microseconds", async () => {
        const spot = file(
          "spot/BTCUSDT-trades-2025-01-01.csv",
          "10,100.5,0.25,25.125,1735689600000,True,True\n11,100.6,1e-7,0.1,1735689600001999,False,True\n",
        );
        expect(await run("binance-archive", [spot])).toMatchObject({ read: 2, stored: 2, rejected: 0 });
        expect(await storedRows(target(), "trades", `${shown}, available_at`)).toEqual([
          {
            market_type: "spot",
            symbol: "BTCUSDT",
            timestamp: "2025-01-01 00:00:00.000",
            trade_seq: "10",
            trade_id: "10",
            price: "100.5",
            quantity: "0.25",
            side: "sell",
            is_maker: true,
            kind: "trade",
            available_at: "2025-01-01 00:00:00.000",
          },
          {
            market_type: "spot",
            symbol: "BTCUSDT",
            timestamp: "2025-01-01 00:00:00.001",
            trade_seq: "11",
            trade_id: "11",
            price: "100.6",
            quantity: "0.0000001",
            side: "buy",
            is_maker: false,
            kind: "trade",
            available_at: "2025-01-01 00:00:00.002",
          },
        ]);
      });

      it("has aggTrades, with or without a header, as zip, csv and csv.gz", async () => {
        const header =
          "agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker\n";
        const files = [
          file(
            "data/futures/um/BTCUSDT-aggTrades-2024-01.csv.gz",
            gzipSync(`${header}7,100,2,70,71,1704067200000,true\n`),
          ),
          file(
            "spot/BTCUSDT-aggTrades-2024-01.zip",
            zipOf({ "x.csv": "8,100,3,80,81,1704067200000,false,true\n" }),
          ),
        ];
        expect(await run("binance-archive", files)).toMatchObject({ read: 2, stored: 2 });
        expect(await storedRows(target(), "trades", "market_type, trade_id, quantity, side, kind")).toEqual([
          { market_type: "linear", trade_id: "7", quantity: "2", side: "sell", kind: "agg" },
          { market_type: "spot", trade_id: "8", quantity: "3", side: "buy", kind: "agg" },
        ]);
      });

      it("has coin-margined contracts, which become base units", async () => {
        const files = [
          // 100 USD a contract; the file's own base_qty gives way to the contract size.
          file(
            "BTCUSD_PERP-trades-2024-01-01.csv",
            "1,40000,7,0.01750001,1704067200000,true\n2,30000,1,0.003,1704067200001,false\n",
          ),
          // No contract size in features.yaml: the file's base quantity.
          file(
            "ETHUSD_PERP-trades-2024-01-01.csv",
            "id,price,qty,base_qty,time,is_buyer_maker\n1,2000,2,0.01000000,1704067200000,true\n",
          ),
        ];
        expect(await run("binance-archive", files)).toMatchObject({ read: 3, stored: 3, rejected: 0 });
        expect(await storedRows(target(), "trades", "symbol, trade_id, quantity")).toEqual([
          { symbol: "BTCUSD_PERP", trade_id: "1", quantity: "0.0175" },
          { symbol: "BTCUSD_PERP", trade_id: "2", quantity: "0.00333333" },
          { symbol: "ETHUSD_PERP", trade_id: "1", quantity: "0.01" },
        ]);
        const aggregates = file("ETHUSD_PERP-aggTrades-2024-01-01.csv", "1,2000,2,1,1,1704067200000,true\n");
        await expect(run("binance-archive", [aggregates])).rejects.toMatchObject({
          code: "FS_INGEST_CONTRACT_SIZE",
        });
      });

      it("takes market and instrument from options where the path does not tell them", async () => {
        const row = "10,100.5,0.25,25.125,1704067200000,true\n";
        const nowhere = file("BTCUSDT-trades-2024-01-01.csv", row);
        await expect(run("binance-archive", [nowhere])).rejects.toMatchObject({
          code: "FS_INGEST_INSTRUMENT",
          hint: expect.stringContaining("--market"),
        });
        expect(await run("binance-archive", [nowhere], { market: "linear" })).toMatchObject({ stored: 1 });
        const renamed = file("january.csv", row.replace("10,", "11,"));
        await expect(run("binance-archive", [renamed])).rejects.toMatchObject({
          code: "FS_INGEST_INSTRUMENT",
          hint: expect.stringContaining("--instrument"),
        });
        const instrument = { exchange: "binance", marketType: "linear", symbol: "BTCUSDT" } as const;
        expect(await run("binance-archive", [renamed], { instrument })).toMatchObject({
          stored: 1,
          instruments: [instrument],
        });
        const unknown = file("spot/SOLUSDT-trades-2024-01-01.csv", "1,1,1,1,1704067200000,true,true\n");
        await expect(run("binance-archive", [unknown])).rejects.toMatchObject({
          code: "FS_INGEST_UNKNOWN_INSTRUMENT",
          hint: expect.stringContaining("binance/spot/SOLUSDT: {"),
        });
      });

      it("comes through standard input too, packed or not", async () => {
        const instrument = { exchange: "binance", marketType: "spot", symbol: "BTCUSDT" } as const;
        const row = (id: number) => `${id},100,1,100,1704067200000,true,true\n`;
        const stdin = (content: Buffer) => ({ instrument, stdin: Readable.from([content]) });
        expect(await run("binance-archive", ["-"], stdin(Buffer.from(row(1))))).toMatchObject({
          stored: 1,
          files: [{ file: "-" }],
        });
        expect(await run("binance-archive", ["-"], stdin(gzipSync(row(2))))).toMatchObject({ stored: 1 });
        expect(await run("binance-archive", ["-"], stdin(zipOf({ "a.csv": row(3) })))).toMatchObject({
          stored: 1,
        });
      });
    });

    describe("Tardis' files", () => {
      it("may hold several instruments, and contracts", async () => {
        const linear = file(
          "okex-swap_trades_2024-01-01_SWAPS.csv.gz",
          gzipSync(
            "exchange,symbol,timestamp,local_timestamp,id,side,price,amount\n" +
              "okex-swap,BTC-USDT-SWAP,1704067200000500,1704067200100001,1,buy,40000,25\n",
          ),
        );
        const mixed = file(
          "binance-delivery_trades_2024-01-01_ALL.csv",
          "symbol,exchange,local_timestamp,timestamp,id,side,price,amount,more\n" +
            "BTCUSD_PERP,binance-delivery,1704067200100001,1704067200000500,1,sell,40000,4,x\n" +
            "btcusd_perp,BINANCE-DELIVERY,1704067200100001,1704067200000500,2,SELL,40000,4,x\n" +
            "BTCUSDT,binance,1704067200100001,1704067200000500,3,buy,40000,4,x\n",
        );
        expect(await run("tardis", [linear, mixed])).toMatchObject({ read: 4, stored: 4, rejected: 0 });
        expect(
          await storedRows(
            target(),
            "trades",
            "exchange, market_type, symbol, trade_id, quantity, side, available_at",
          ),
        ).toEqual([
          {
            exchange: "binance",
            market_type: "inverse",
            symbol: "BTCUSD_PERP",
            trade_id: "1",
            quantity: "0.01",
            side: "sell",
            available_at: "2024-01-01 00:00:00.101",
          },
          expect.objectContaining({ symbol: "BTCUSD_PERP", trade_id: "2", quantity: "0.01" }),
          expect.objectContaining({ market_type: "spot", symbol: "BTCUSDT", trade_id: "3", quantity: "4" }),
          expect.objectContaining({
            exchange: "okx",
            symbol: "BTC-USDT-SWAP",
            trade_id: "1",
            quantity: "0.25",
          }),
        ]);
      });

      it("of unknown exchanges ask for the instrument, and then hold one", async () => {
        const header = "exchange,symbol,timestamp,local_timestamp,id,side,price,amount\n";
        const row = (symbol: string) =>
          `somewhere,${symbol},1704067200000500,1704067200100001,1,buy,40000,25\n`;
        const one = file("somewhere_trades_1.csv", header + row("X") + row("X").replace(",1,buy", ",2,buy"));
        const two = file("somewhere_trades_2.csv", header + row("X") + row("Y"));
        const instrument = { exchange: "coinbase", marketType: "spot", symbol: "BTC-USD" } as const;
        await expect(run("tardis", [one])).rejects.toMatchObject({
          code: "FS_INGEST_INSTRUMENT",
          hint: expect.stringContaining("--instrument"),
        });
        expect(await run("tardis", [one], { instrument })).toMatchObject({
          stored: 2,
          instruments: [instrument],
        });
        await expect(run("tardis", [two], { instrument })).rejects.toMatchObject({
          code: "FS_INGEST_SEVERAL_INSTRUMENTS",
        });
      });

      it("of quotes are books of one level; empty sides and copies are left out", async () => {
        const header =
          "exchange,symbol,timestamp,local_timestamp,ask_amount,ask_price,bid_price,bid_amount\n";
        const rows = [
          "binance,BTCUSDT,1704067200000000,1704067200000900,1,101,100,2",
          "binance,BTCUSDT,1704067200000000,1704067200000900,1,101,100,2",
          "binance,BTCUSDT,1704067200000000,1704067200000900,1,101,100,3",
          "binance,BTCUSDT,1704067200000400,1704067200000901,,,100,3",
          "binance,BTCUSDT,1704067200000400,1704067200000902,,,,",
        ];
        const name = file("binance_quotes_2024-01-01_BTCUSDT.csv", header + rows.join("\n"));
        expect(await run("tardis", [name])).toMatchObject({ read: 5, stored: 4, duplicate: 1, rejected: 0 });
        const columns =
          "timestamp, bitShiftRight(book_seq, 12) AS local_us, bid_px, bid_qty, ask_px, ask_qty, best_ask_price, asks";
        expect(await storedRows(target(), "orderbooks", columns)).toEqual([
          expect.objectContaining({ local_us: "1704067200000900", bid_px: ["100"], bid_qty: ["2"] }),
          expect.objectContaining({
            local_us: "1704067200000900",
            bid_px: ["100"],
            bid_qty: ["3"],
            asks: '[["101","1"]]',
          }),
          expect.objectContaining({
            local_us: "1704067200000901",
            ask_px: [],
            ask_qty: [],
            best_ask_price: null,
            asks: "[]",
          }),
          expect.objectContaining({ local_us: "1704067200000902", bid_px: [], ask_px: [] }),
        ]);
      });

      it("of tickers give rates and open interest, each where the row has it", async () => {
        const header =
          "exchange,symbol,timestamp,local_timestamp,funding_timestamp,funding_rate,predicted_funding_rate,open_interest,last_price,index_price,mark_price\n";
        const rows = [
          "binance-delivery,BTCUSD_PERP,1704067200000000,1704067200000900,1704096000000000,0.0001,,8,40000,40001,40002.123456785",
          "binance-delivery,BTCUSD_PERP,1704067201000000,1704067201000900,,,,,,,",
          "binance-delivery,BTCUSD_PERP,1704067202000000,1704067202000900,,-1e-7,,0,,,",
        ];
        const name = file(
          "binance-delivery_derivative_ticker_2024-01-01_BTCUSD_PERP.csv",
          header + rows.join("\n"),
        );
        expect(await run("tardis", [name])).toMatchObject({ read: 4, stored: 4, rejected: 0 });
        const rates = "timestamp, funding_rate, mark_price, index_price, next_funding_time";
        expect(await storedRows(target(), "funding_rates", rates)).toEqual([
          {
            timestamp: "2024-01-01 00:00:00.000",
            funding_rate: "0.0001",
            mark_price: "40002.12345679",
            index_price: "40001",
            next_funding_time: "2024-01-01 08:00:00.000",
          },
          {
            timestamp: "2024-01-01 00:00:02.000",
            funding_rate: "-0.0000001",
            mark_price: null,
            index_price: null,
            next_funding_time: null,
          },
        ]);
        expect(
          await storedRows(target(), "open_interests", "timestamp, open_interest, open_interest_value"),
        ).toEqual([
          { timestamp: "2024-01-01 00:00:00.000", open_interest: "0.01999894", open_interest_value: "800" },
          { timestamp: "2024-01-01 00:00:02.000", open_interest: "0", open_interest_value: "0" },
        ]);
      });

      it("of liquidations keep the side of the order; without id they are told apart by their values", async () => {
        const header = "exchange,symbol,timestamp,local_timestamp,id,side,price,amount\n";
        const row = "binance-futures,BTCUSDT,1704067200000000,1704067200000900,,sell,40000,0.5\n";
        const name = file(
          "binance-futures_liquidations_2024-01-01_BTCUSDT.csv",
          header + row + row + row.replace("sell", "buy"),
        );
        expect(await run("tardis", [name])).toMatchObject({ read: 3, stored: 3 });
        const stored = await storedRows(target(), "liquidations", "side, liquidation_id, liquidation_time");
        expect(stored.map(({ side }) => side).sort()).toEqual(["buy", "sell", "sell"]);
        expect(new Set(stored.map(({ liquidation_id }) => liquidation_id)).size).toBe(3);
        expect(await run("tardis", [name])).toMatchObject({ stored: 0, duplicate: 3 });

        const same = file("unnamed.csv", header + row);
        await expect(run("tardis", [same])).rejects.toMatchObject({
          code: "FS_INGEST_INSTRUMENT",
          hint: expect.stringContaining("--source"),
        });
        expect(await run("tardis", [same], { source: "liquidations" })).toMatchObject({
          stored: 0,
          duplicate: 1,
        });
      });
    });

    const rows = [
      {
        timestamp: "2024-01-01 00:00:00.000",
        trade_id: "9",
        price: "100.5",
        quantity: "12345678901.12345678",
        side: "buy",
      },
      {
        timestamp: "2024-01-01 00:00:00.001",
        trade_id: "10",
        price: "0.00000001",
        quantity: "0.3",
        side: "sell",
      },
    ];
    const stored = rows.map((row) => ({ ...row, trade_seq: row.trade_id, symbol: "BTCUSDT" }));
    const columns = "timestamp, trade_id, price, quantity, side, trade_seq, symbol";

    describe("files with our own column names", () => {
      const spot = { exchange: "binance", market_type: "spot", symbol: "BTCUSDT" };

      it("are csv", async () => {
        const header = [...Object.keys(spot), ...Object.keys(rows[0] ?? {})];
        const lines = rows.map((row) =>
          Object.values({ ...spot, ...row })
            .map((text) => `"${text}"`)
            .join(" , "),
        );
        const name = file("own.csv", `\ufeff${header.join(",")}\r\n${lines.join("\r\n")}\r\n\r\n`);
        expect(await run("csv", [name])).toMatchObject({ read: 2, stored: 2, rejected: 0 });
        expect(await storedRows(target(), "trades", columns)).toEqual(stored);
      });

      it("are ndjson, whose long numbers keep all digits", async () => {
        const [first, second] = rows;
        const lines = [
          JSON.stringify({ ...spot, ...first, note: 'a "word": 5, [6' }).replace(
            '"12345678901.12345678"',
            "12345678901.12345678",
          ),
          JSON.stringify({ ...spot, ...second, timestamp: 1704067200001, price: 1e-8, trade_id: 10 }),
        ];
        const name = file("own.ndjson", lines.join("\n"));
        expect(await run("ndjson", [name])).toMatchObject({ read: 2, stored: 2, rejected: 0 });
        expect(await storedRows(target(), "trades", columns)).toEqual(stored);
      });

      it("are parquet", async () => {
        await run("ndjson", [
          file("own.ndjson", rows.map((row) => JSON.stringify({ ...spot, ...row })).join("\n")),
        ]);
        const path = join(folder, "own.parquet");
        await engine.exportTo(path, "Parquet", `SELECT * FROM ${project.databases.raw}.trades`);
        const before = await storedRows(
          target(),
          "trades",
          "* EXCEPT (created_at, ingested_at, keep, data_source)",
        );
        expect(await run("parquet", ["own.parquet"])).toMatchObject({ read: 2, stored: 0, duplicate: 2 });
        await engine.execute(`TRUNCATE TABLE ${project.databases.raw}.trades`);
        expect(await run("parquet", ["own.parquet"])).toMatchObject({ read: 2, stored: 2 });
        expect(
          await storedRows(target(), "trades", "* EXCEPT (created_at, ingested_at, keep, data_source)"),
        ).toEqual(before);
      });

      it("are books, in each of these formats", async () => {
        const book = {
          ...spot,
          timestamp: 1704067200001,
          bid_px: ["100.25", 100],
          bid_qty: [1, 2],
          ask_px: [101],
          ask_qty: [0.5],
        };
        const name = file(
          "books.ndjson",
          `${JSON.stringify(book)}\n${JSON.stringify({ ...book, bid_px: [], bid_qty: [] })}\n`,
        );
        expect(await run("ndjson", [name], { source: "orderbooks" })).toMatchObject({
          read: 2,
          stored: 2,
          rejected: 0,
        });
        const before = await storedRows(
          target(),
          "orderbooks",
          "* EXCEPT (created_at, ingested_at, keep, data_source)",
        );
        expect(before[0]).toMatchObject({ bid_px: ["100.25", "100"], ask_qty: ["0.5"] });
        await engine.exportTo(
          join(folder, "books.parquet"),
          "Parquet",
          `SELECT * FROM ${project.databases.raw}.orderbooks`,
        );
        await engine.exportTo(
          join(folder, "books.csv"),
          "CSVWithNames",
          `SELECT * FROM ${project.databases.raw}.orderbooks`,
        );
        for (const [format, path] of [
          ["parquet", "books.parquet"],
          ["csv", "books.csv"],
        ] as const) {
          await engine.execute(`TRUNCATE TABLE ${project.databases.raw}.orderbooks`);
          expect(await run(format, [path], { source: "orderbooks" })).toMatchObject({
            read: 2,
            stored: 2,
            rejected: 0,
          });
          expect(
            await storedRows(target(), "orderbooks", "* EXCEPT (created_at, ingested_at, keep, data_source)"),
          ).toEqual(before);
        }
      });

      it("are the slow sources", async () => {
        const lsr = file(
          "lsr.csv",
          "exchange,market_type,symbol,timestamp,long_account_ratio,short_account_ratio\n" +
            "binance,linear,BTCUSDT,2024-01-01 00:00:00,0.6,0.4\nbinance,linear,BTCUSDT,2024-01-01 00:05:00,0.55,0.45\n",
        );
        expect(await run("csv", [lsr, lsr], { source: "lsr_all_accounts" })).toMatchObject({
          read: 2,
          stored: 2,
        });
        expect(await run("csv", [lsr], { source: "lsr_all_accounts" })).toMatchObject({
          stored: 0,
          duplicate: 2,
        });
        expect(
          await storedRows(target(), "lsr_all_accounts", "timestamp, long_account_ratio, period"),
        ).toEqual([
          { timestamp: "2024-01-01 00:00:00.000", long_account_ratio: "0.6", period: "5m" },
          { timestamp: "2024-01-01 00:05:00.000", long_account_ratio: "0.55", period: "5m" },
        ]);
        await expect(run("csv", [lsr], { source: "volatility_indices" })).rejects.toMatchObject({
          code: "FS_INGEST_HEADER",
        });
        const index = file(
          "index.csv",
          "exchange,market_type,symbol,timestamp,index_value\nbinance,spot,BTCUSDT,2024-01-01 00:00:00,60\n",
        );
        await expect(run("csv", [index], { source: "volatility_indices" })).rejects.toMatchObject({
          code: "FS_INGEST_EXTERNAL",
        });
      });
    });

    describe("a map", () => {
      const map: CsvMap = {
        name: "venue",
        source: "trades",
        delimiter: ";",
        header: false,
        columns: { timestamp: 1, price: 2, quantity: 3, is_maker: 4, trade_id: 5 },
        constants: { exchange: "okx", market_type: "linear", symbol: "BTC-USDT-SWAP" },
        time: { unit: "seconds", zone: "UTC" },
        sides: { buy: ["buy"], sell: ["sell"] },
        at: { file: "sources/venue.yaml" },
      };

      it("reads places, other delimiters and units, the maker's side, and contracts", async () => {
        const name = file("venue.csv", "1704067200.0015;100;25;yes;abc-1\n1704067200;100;25;0;abc-2\n");
        expect(await run("csv", [name], { map })).toMatchObject({ read: 2, stored: 2, rejected: 0 });
        const all = await storedRows(
          target(),
          "trades",
          "timestamp, available_at, quantity, side, is_maker, trade_id",
        );
        expect(all).toEqual([
          {
            timestamp: "2024-01-01 00:00:00.000",
            available_at: "2024-01-01 00:00:00.000",
            quantity: "0.25",
            side: "buy",
            is_maker: false,
            trade_id: "abc-2",
          },
          {
            timestamp: "2024-01-01 00:00:00.001",
            available_at: "2024-01-01 00:00:00.002",
            quantity: "0.25",
            side: "sell",
            is_maker: true,
            trade_id: "abc-1",
          },
        ]);
      });

      it("reads named keys of ndjson and parquet", async () => {
        const named: CsvMap = {
          ...map,
          header: true,
          columns: { timestamp: "T", price: "p", quantity: "q", side: "Taker Side", symbol: "s" },
          constants: { exchange: "coinbase", market_type: "spot" },
          time: { unit: "nanoseconds", zone: "UTC" },
          sides: { buy: ["Bid"], sell: ["Ask"] },
        };
        const line =
          '{"T": 1704067200001999999, "p": "100.5", "q": 2, "Taker Side": "bid", "s": "btc-usd"}\n';
        expect(await run("ndjson", [file("venue.ndjson", line)], { map: named })).toMatchObject({
          stored: 1,
          rejected: 0,
        });
        const first = await storedRows(
          target(),
          "trades",
          "* EXCEPT (created_at, ingested_at, keep, data_source)",
        );
        expect(first).toEqual([
          expect.objectContaining({
            symbol: "BTC-USD",
            timestamp: "2024-01-01 00:00:00.001",
            price: "100.5",
            side: "buy",
          }),
        ]);
        const typed = join(folder, "typed.parquet");
        await engine.exportTo(
          typed,
          "Parquet",
          "SELECT toDateTime64('2024-01-01 00:00:00.002', 3, 'UTC') AS T, 100.5 AS p, 2 AS q, 'Bid' AS `Taker Side`, 'BTC-USD' AS s",
        );
        expect(await run("parquet", [typed], { map: named })).toMatchObject({ stored: 1, rejected: 0 });
        expect((await storedRows(target(), "trades", "timestamp"))[1]).toEqual({
          timestamp: "2024-01-01 00:00:00.002",
        });
        const path = join(folder, "venue.parquet");
        await engine.exportTo(
          path,
          "Parquet",
          "SELECT toInt64(1704067200001999999) AS T, 100.5 AS p, toDecimal64(2, 3) AS q, 'Bid' AS `Taker Side`, 'BTC-USD' AS s, tuple(1, 2) AS other",
        );
        expect(await run("parquet", [path], { map: named })).toMatchObject({
          read: 1,
          stored: 0,
          duplicate: 1,
        });
      });

      it("gives rows without id or order their place in the millisecond, whatever file they come from", async () => {
        const plain: CsvMap = {
          ...map,
          columns: { timestamp: 1, price: 2, quantity: 3, side: 4 },
          time: { unit: "milliseconds", zone: "UTC" },
        };
        const line = (ms: number, price: number) => `${1704067200000 + ms};${price};1;buy\n`;
        const all = [line(0, 1), line(0, 2), line(0, 1), line(0, 1), line(1, 5), line(2, 7), line(2, 6)];
        const whole = file("whole.csv", all.join(""));
        const tail = file("tail.csv", all.slice(4).join(""));
        expect(await run("csv", [whole], { map: plain })).toMatchObject({ read: 7, stored: 7 });
        const before = await storedRows(target(), "trades");
        const order = await engine.rows(
          `SELECT price FROM ${project.databases.raw}.trades ORDER BY timestamp, trade_seq`,
        );
        expect(order.map(({ price }) => price)).toEqual(["1", "2", "1", "1", "5", "7", "6"]);
        expect(await run("csv", [tail], { map: plain })).toMatchObject({ read: 3, stored: 0, duplicate: 3 });
        await createTables(engine, project);
        await run("csv", [tail, whole], { map: plain });
        expect(await storedRows(target(), "trades")).toEqual(before);
      });
    });
  });
}
