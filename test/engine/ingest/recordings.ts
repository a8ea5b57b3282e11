import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Engine } from "../../../src/engine/port.js";
import { createTables, ingestInto, ingestProject, storedRows } from "../../support/ingest-target.js";
import { recordingPath } from "../../support/recording-path.js";

export function describeRecordings(name: string, open: () => Promise<Engine>): void {
  describe(name, () => {
    const archive = ["08", "09"].map(
      (day) => recordingPath(`binance-archive/spot/BTCUSDT-trades-2024-08-${day}.zip`) ?? "",
    );
    const tardis = ["08", "09"].map(
      (day) => recordingPath(`tardis/binance_trades_2024-08-${day}_BTCUSDT.csv.gz`) ?? "",
    );
    const books = ["08", "09"].map(
      (day) => recordingPath(`tardis/binance_book_snapshot_25_2024-08-${day}_BTCUSDT.csv.gz`) ?? "",
    );

    describe.skipIf(archive.includes(""))("recordings", () => {
      const project = ingestProject("");
      let engine: Engine;
      beforeAll(async () => {
        engine = await open();
      });
      afterAll(() => engine.close());
      beforeEach(() => createTables(engine, project));

      const target = () => ({ engine, project });

      it("of the archive give each trade once, in any order and number of commands", async () => {
        const both = await ingestInto(target(), "binance-archive", archive);
        expect(both).toMatchObject({ read: 19_904, stored: 19_904, duplicate: 0, rejected: 0, late: 0 });
        expect(both.files.map(({ read, isAlreadyStored }) => [read, isAlreadyStored])).toEqual([
          [9738, false],
          [10_166, false],
        ]);
        expect(both.instruments).toEqual([{ exchange: "binance", marketType: "spot", symbol: "BTCUSDT" }]);
        const trades = await storedRows(target(), "trades");
        expect(trades).toHaveLength(19_904);
        expect(trades[0]).toEqual({
          exchange: "binance",
          market_type: "spot",
          symbol: "BTCUSDT",
          timestamp: "2024-08-08 23:54:15.342",
          trade_seq: "3735683259",
          trade_id: "3735683259",
          price: "61837.63",
          quantity: "0.02",
          side: "sell",
          is_maker: true,
          trade_time: "2024-08-08 23:54:15.342",
          kind: "trade",
          late: 0,
          available_at: "2024-08-08 23:54:15.342",
          data_source: "binance-archive",
        });

        await createTables(engine, project);
        await ingestInto(target(), "binance-archive", [...archive].reverse());
        expect(await storedRows(target(), "trades")).toEqual(trades);

        await createTables(engine, project);
        for (const file of archive) await ingestInto(target(), "binance-archive", [file]);
        expect(await storedRows(target(), "trades")).toEqual(trades);
      });

      it("are stored once, whoever recorded them", async () => {
        await ingestInto(target(), "binance-archive", archive);
        const trades = await storedRows(target(), "trades");
        for (const [format, files] of [
          ["binance-archive", archive],
          ["tardis", tardis],
        ] as const) {
          const again = await ingestInto(target(), format, files);
          expect(again).toMatchObject({ read: 19_904, stored: 0, duplicate: 19_904, rejected: 0, late: 0 });
          expect(again.files.every(({ isAlreadyStored }) => isAlreadyStored)).toBe(true);
          expect(again.instruments).toHaveLength(1);
        }
        expect(await storedRows(target(), "trades")).toEqual(trades);
        expect(await engine.rows(`SELECT count() AS rows FROM ${project.databases.raw}.trades`)).toEqual([
          { rows: "19904" },
        ]);

        await createTables(engine, project);
        await ingestInto(target(), "tardis", tardis);
        const values = (rows: readonly Record<string, unknown>[]) =>
          rows.map(({ available_at: _, data_source: __, ...row }) => row);
        expect(values(await storedRows(target(), "trades"))).toEqual(values(trades));
        const known = await engine.rows(
          `SELECT countIf(available_at < timestamp) AS early, countIf(available_at = timestamp) AS same
         FROM ${project.databases.raw}.trades`,
        );
        // The recorder's clock ran behind the exchange: what it knew "before" it happened is known when it happened.
        expect(known).toEqual([{ early: "0", same: "19904" }]);
      });

      it("of books keep levels, order and both times", async () => {
        const summary = await ingestInto(target(), "tardis", books);
        expect(summary).toMatchObject({ read: 6493, stored: 6493, duplicate: 0, rejected: 0 });
        const stored = await storedRows(target(), "orderbooks");
        await createTables(engine, project);
        for (const file of [...books].reverse()) await ingestInto(target(), "tardis", [file]);
        expect(await storedRows(target(), "orderbooks")).toEqual(stored);
        const [shape] = await engine.rows(
          `SELECT uniqExact(book_seq) AS snapshots, max(bids_count) AS most_bids, max(asks_count) AS most_asks,
           countIf(bitShiftRight(book_seq, 12) * 1000 > toUnixTimestamp64Nano(available_at) + 1000000) AS wrong_seq,
           countIf(NOT arrayReverseSort(bid_px) = bid_px OR NOT arraySort(ask_px) = ask_px) AS unsorted,
           countIf(bids != '' AND best_bid_price != bid_px[1]) AS wrong_best
         FROM ${project.databases.raw}.orderbooks`,
        );
        expect(shape).toEqual({
          snapshots: "6493",
          most_bids: 20,
          most_asks: 20,
          wrong_seq: "0",
          unsorted: "0",
          wrong_best: "0",
        });
      });

      it("of futures, with a header, are another instrument", async () => {
        const file = recordingPath("binance-archive/futures-um/BTCUSDT-trades-2024-08-08.zip") ?? "";
        const summary = await ingestInto(target(), "binance-archive", [...archive, file]);
        expect(summary).toMatchObject({ read: 41_217, stored: 41_217, rejected: 0 });
        const counts = await engine.rows(
          `SELECT market_type, count() AS rows FROM ${project.databases.raw}.trades GROUP BY market_type ORDER BY market_type`,
        );
        expect(counts).toEqual([
          { market_type: "linear", rows: "21313" },
          { market_type: "spot", rows: "19904" },
        ]);
      });

      it("of tickers give funding, mark and index prices at their times", async () => {
        const files = ["04", "05"].map(
          (day) =>
            recordingPath(`tardis/binance-futures_derivative_ticker_2023-04-${day}_BTCUSDT.csv.gz`) ?? "",
        );
        const summary = await ingestInto(target(), "tardis", files);
        expect(summary).toMatchObject({ read: 514, stored: 514, rejected: 0 });
        expect(summary.files[0]?.sources).toEqual(["funding_rates", "open_interests"]);
        const [first] = await storedRows(
          target(),
          "funding_rates",
          "* EXCEPT (seq, created_at, ingested_at, keep)",
        );
        expect(first).toEqual({
          exchange: "binance",
          market_type: "linear",
          symbol: "BTCUSDT",
          timestamp: "2023-04-04 23:58:21.000",
          funding_rate: "0.00002754",
          predicted_funding_rate: null,
          funding_time: null,
          next_funding_time: "2023-04-05 00:00:00.000",
          mark_price: "28147.27373413",
          index_price: "28159.75642857",
          available_at: "2023-04-04 23:58:21.049",
          data_source: "tardis",
        });
      });

      it("of any csv are read with a map: quotes, ISO times, rows without id", async () => {
        const path = recordingPath("coinbase/BTC-USD_trades_2023-09-05.csv.gz") ?? "";
        const map = {
          name: "coinbase",
          source: "trades",
          delimiter: ",",
          header: true,
          columns: {
            symbol: "symbol",
            side: "side",
            price: "price",
            quantity: "amount",
            timestamp: "timestamp",
          },
          constants: { exchange: "coinbase", market_type: "spot" },
          time: { unit: "iso", zone: "UTC" },
          sides: { buy: ["buy"], sell: ["sell"] },
          at: { file: "sources/coinbase.yaml" },
        } as const;
        const summary = await ingestInto(target(), "csv", [path], { map });
        expect(summary).toMatchObject({ read: 5882, stored: 5882, rejected: 0, duplicate: 0 });
        const [first] = await storedRows(
          target(),
          "trades",
          "timestamp, available_at, price, quantity, side, trade_id",
        );
        expect(first).toMatchObject({
          timestamp: "2023-09-05 16:00:01.281",
          available_at: "2023-09-05 16:00:01.282",
          price: "25741.02",
          quantity: "0.02188038",
          side: "sell",
          trade_id: expect.stringMatching(/^1693929601281-[0-9a-f]{16}-0$/),
        });
        // Two equal rows are two trades, and the second time the same two.
        expect(await ingestInto(target(), "csv", [path], { map })).toMatchObject({
          stored: 0,
          duplicate: 5882,
        });
      });

      it("of naive local times are read in their zone", async () => {
        const path =
          recordingPath("funding/BTC-USDT_binance_2020-01-01_2024-01-01_funding_history.csv.gz") ?? "";
        const map = {
          name: "funding_history",
          source: "funding_rates",
          delimiter: ",",
          header: true,
          columns: { timestamp: "Date", funding_rate: "Funding Rate" },
          constants: { exchange: "binance", market_type: "linear", symbol: "BTCUSDT" },
          time: { unit: "iso", zone: "+03:00" },
          sides: { buy: ["buy"], sell: ["sell"] },
          at: { file: "sources/funding_history.yaml" },
        } as const;
        const summary = await ingestInto(target(), "csv", [path], { map });
        expect(summary.rejected).toBe(0);
        expect(summary.stored).toBe(summary.read);
        const [first] = await storedRows(target(), "funding_rates", "timestamp, available_at, funding_rate");
        expect(first).toEqual({
          timestamp: "2020-01-01 00:00:00.000",
          available_at: "2020-01-01 00:00:02.000",
          funding_rate: "-0.00012359",
        });
        expect(await ingestInto(target(), "csv", [path], { map })).toMatchObject({
          stored: 0,
          duplicate: summary.read,
        });
      });
    });
  });
}
