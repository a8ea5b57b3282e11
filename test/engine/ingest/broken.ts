import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Engine } from "../../../src/engine/port.js";
import type { FormatName } from "../../../src/ingest/formats/format.js";
import { createTables, ingestInto, ingestProject } from "../../support/ingest-target.js";
import { zipOf } from "../../support/zip-files.js";

export function describeBroken(name: string, open: () => Promise<Engine>): void {
  describe(name, () => {
    const project = ingestProject("");
    let folder: string;
    let engine: Engine;
    beforeAll(async () => {
      engine = await open();
      folder = mkdtempSync(join(tmpdir(), "prism-broken-"));
    });
    afterAll(async () => {
      await engine.close();
      rmSync(folder, { recursive: true, force: true });
    });
    beforeEach(() => createTables(engine, project));
    afterEach(async () => {
      const left = await engine.rows(
        "SELECT name FROM system.tables WHERE database = 'raw' AND startsWith(name, 'staging')",
      );
      expect(left).toEqual([]);
    });

    function file(name: string, content: string | Buffer): string {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
      return name;
    }

    const run = (format: FormatName, files: string[], more: Parameters<typeof ingestInto>[3] = {}) =>
      ingestInto({ engine, project }, format, files, { folder, ...more });

    const count = async (table: string) => {
      const [row] = await engine.rows<{ rows: string }>(`SELECT count() AS rows FROM raw.${table}`);
      return Number(row?.rows);
    };

    const rejects = () =>
      engine.rows<{ file: string; line: string; reason: string; text: string }>(
        "SELECT file, line, reason, text FROM raw.ingest_rejects FINAL ORDER BY file, line",
      );

    const good = "1,100,1,100,1704067200000,true,true";
    const tardisHeader = "exchange,symbol,timestamp,local_timestamp,id,side,price,amount";
    const tardisRow = "binance,BTCUSDT,1704067200000000,1704067200000900,1,buy,100,1";

    describe("rows that cannot be read", () => {
      it("are rejected with file, line and reason, and the others are stored", async () => {
        const lines: [line: string, reason: string | undefined][] = [
          [good, undefined],
          ["2,abc,1,100,1704067200000,true,true", "price is not a number"],
          ["3,-5,1,100,1704067200000,true,true", "price is not positive"],
          ["4,100,0,100,1704067200000,true,true", "quantity is not positive"],
          ["5,100,-1,100,1704067200000,true,true", "quantity is not positive"],
          ["6,100,1,100,1704067200,true,true", "time is in seconds"],
          ["7,100,1,100,17040672,true,true", "time is out of range"],
          ["8,100,1,100,yesterday,true,true", "time is not a time"],
          ["9,100,1,100,1704067200000,maybe,true", "side is unknown"],
          ["10,100,1,100,1704067200000,true", "wrong number of columns"],
          ["11,100,1,100,1704067200000,true,true,more", "wrong number of columns"],
          ["12,99999999999,1,100,1704067200000,true,true", "price is too large"],
          ["13,100,1e31,100,1704067200000,true,true", "quantity is too large"],
          ["14,nan,1,100,1704067200000,true,true", "price is not a number"],
          ["15,100,inf,100,1704067200000,true,true", "quantity is not a number"],
          ["16,0.123456789,1,100,1704067200000,true,true", "price has more than 8 decimals"],
          ["17,100,1e-9,100,1704067200000,true,true", "quantity has more than 8 decimals"],
          ["18,100,1.5e-8,100,1704067200000,true,true", "quantity has more than 8 decimals"],
          ["19,100,,100,1704067200000,true,true", "quantity is missing"],
          ["20, 100,1,100,1704067200000,true,true", "price is not a number"],
          ["21,100\u0000,1,100,1704067200000,true,true", "price is not a number"],
          ["22,.,1,100,1704067200000,true,true", "price is not a number"],
          ["23,0.1000000000,1,100,1704067200000,true,true", undefined],
          ["24,1,00000000000000000000000000000000000001.50,100,1704067200000,true,true", undefined],
          [`25,${"x".repeat(5000)}é,1,1,1704067200000,true,true`, "price is not a number"],
          ["26,100,1,100,4102444800000,true,true", "time is out of range"],
          ["27,100,1,100,1704067200000123456,true,true", "time is out of range"],
        ];
        // Zero bytes at the beginning are refused as no text at all; further down they are a row's.
        const padding = Array.from(
          { length: 10_000 },
          (_, row) => `${row + 100},100,1,100,1704067200000,true,true`,
        );
        const text = [...padding, ...lines.map(([line]) => line)].join("\r\n");
        const name = file("spot/BTCUSDT-trades-2024-01-01.csv.gz", gzipSync(text));
        const summary = await run("binance-archive", [name]);
        const expected = lines.flatMap(([line, reason], index) =>
          reason === undefined
            ? []
            : [{ file: name, line: String(index + 10_001), reason, text: line.slice(0, 200) }],
        );
        expect(await rejects()).toEqual(expected);
        expect(summary).toMatchObject({
          read: 10_000 + lines.length,
          stored: 10_003,
          duplicate: 0,
          rejected: expected.length,
        });
        expect(await count("trades")).toBe(10_003);

        expect(await run("binance-archive", [name])).toMatchObject({
          stored: 0,
          duplicate: 10_003,
          rejected: expected.length,
        });
        expect(await count("ingest_rejects")).toBe(expected.length);
      });

      it("of books name the level's fault", async () => {
        const header =
          "exchange,symbol,timestamp,local_timestamp,asks[0].price,asks[0].amount,bids[0].price,bids[0].amount,asks[1].price,asks[1].amount,bids[1].price,bids[1].amount";
        const row = (levels: string) => `binance,BTCUSDT,1704067200000000,1704067200000900,${levels}`;
        const lines: [string, string | undefined][] = [
          ["101,1,100,2,102,1,99,1", undefined],
          ["101,1,100,2,102,,99,1", "an ask quantity"],
          ["101,x,100,2,102,1,99,1", "an ask quantity"],
          ["101,1,100,2,102,1,100.5,1", "bid levels are not in order"],
          ["101,1,100,2,100.5,1,99,1", "ask levels are not in order"],
          ["101,1,100.123456789,2,102,1,99,1", "a bid price has more than 8 decimals"],
          ["101,1,100,-2,102,1,99,1", "a bid quantity"],
        ];
        const name = file(
          "binance_book_snapshot_5_x.csv",
          [header, ...lines.map(([levels]) => row(levels))].join("\n"),
        );
        expect(await run("tardis", [name])).toMatchObject({ read: 7, stored: 1, rejected: 6 });
        const found = await rejects();
        expect(found.map(({ line }) => line)).toEqual(["3", "4", "5", "6", "7", "8"]);
        for (const [index, { reason }] of found.entries()) expect(reason).toContain(lines[index + 1]?.[1]);
      });

      it("of ndjson are other things than objects, and keys that are missing", async () => {
        const row = {
          exchange: "binance",
          market_type: "spot",
          symbol: "BTCUSDT",
          timestamp: 1704067200000,
          price: 1,
          quantity: 1,
          side: "buy",
        };
        const lines = [
          JSON.stringify(row),
          "[1, 2]",
          "{broken",
          JSON.stringify({ ...row, price: undefined }),
          JSON.stringify({ ...row, side: "unknown" }),
          JSON.stringify({ ...row, price: [1] }),
          JSON.stringify({ ...row, timestamp: "2024-01-01T99:00:00Z" }),
        ];
        const name = file("rows.ndjson", `${lines.join("\n\n")}\n`);
        expect(await run("ndjson", [name])).toMatchObject({ read: 7, stored: 1, rejected: 6 });
        expect((await rejects()).map(({ line, reason }) => [line, reason])).toEqual([
          ["3", "not a JSON object"],
          ["5", "not a JSON object"],
          ["7", "price is missing"],
          ["9", "side is unknown"],
          ["11", "price is not a number"],
          ["13", "time is not a time"],
        ]);
      });

      it("are an error when there are more than --max-rejects, and then nothing else is stored", async () => {
        const name = file(
          "spot/BTCUSDT-trades-2024-01-02.csv",
          `${good}\n2,x,1,1,1704067200000,true,true\n3,x,1,1,1704067200000,true,true\n`,
        );
        await expect(run("binance-archive", [name], { maxRejects: 1 })).rejects.toMatchObject({
          code: "FS_INGEST_REJECTS",
          exit: 1,
        });
        expect(await count("trades")).toBe(0);
        expect(await count("ingest_rejects")).toBe(2);
        expect(await run("binance-archive", [name], { maxRejects: 2 })).toMatchObject({
          stored: 1,
          rejected: 2,
        });
      });

      it("are an error when they are all of a file", async () => {
        const bad = file(
          "spot/BTCUSDT-trades-2024-01-03.csv",
          "1,x,1,1,1704067200000,true,true\n2,100,1,1,1704067200,true,true\n",
        );
        const fine = file("spot/BTCUSDT-trades-2024-01-04.csv", good);
        await expect(run("binance-archive", [fine, bad])).rejects.toMatchObject({
          code: "FS_INGEST_ALL_REJECTED",
          exit: 1,
          message: expect.stringContaining("price is not a number (line 1); time is in seconds (line 2)"),
        });
        expect(await count("trades")).toBe(0);
        expect(await count("ingest_rejects")).toBe(2);
      });
    });

    describe("files that are not what they should be", () => {
      const cut = (content: Buffer) => content.subarray(0, Math.floor(content.length * 0.6));
      const many = (row: (id: number) => string) =>
        Array.from({ length: 60_000 }, (_, id) => row(id + 1)).join("\n");
      const archiveRows = many(
        (id) => `${id},${100 + (id % 7)}.${id % 97},1.${id % 89},100,${1704067200000 + id},true,true`,
      );
      const tardisRows = `${tardisHeader}\n${many((id) => `binance,BTCUSDT,1704067200${String(id).padStart(6, "0")},1704067200${String(id).padStart(6, "0")},${id},buy,100.${id % 97},1`)}`;
      const noise = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 2654435761) >>> 24));

      const cases: [
        what: string,
        format: FormatName,
        name: string,
        content: string | Buffer,
        code: string,
      ][] = [
        [
          "a truncated zip",
          "binance-archive",
          "spot/BTCUSDT-trades-1.zip",
          cut(zipOf({ "a.csv": archiveRows })),
          "FS_INGEST_BROKEN_FILE",
        ],
        [
          "a zip without csv",
          "binance-archive",
          "spot/BTCUSDT-trades-2.zip",
          zipOf({ "a.txt": "1" }),
          "FS_INGEST_ZIP",
        ],
        [
          "a truncated gz",
          "tardis",
          "binance_trades_1.csv.gz",
          cut(gzipSync(tardisRows)),
          "FS_INGEST_BROKEN_FILE",
        ],
        ["an empty file", "binance-archive", "spot/BTCUSDT-trades-3.csv", "", "FS_INGEST_EMPTY"],
        ["an empty gz", "tardis", "binance_trades_2.csv.gz", gzipSync(""), "FS_INGEST_EMPTY"],
        ["only a header", "tardis", "binance_trades_3.csv", `${tardisHeader}\n`, "FS_INGEST_EMPTY"],
        [
          "only empty lines",
          "csv",
          "lines.csv",
          "timestamp,price,quantity,side,exchange,market_type,symbol\n\n\r\n",
          "FS_INGEST_EMPTY",
        ],
        ["binary junk", "binance-archive", "spot/BTCUSDT-trades-4.csv", noise, "FS_INGEST_NOT_TEXT"],
        ["binary junk", "tardis", "binance_trades_4.csv", noise, "FS_INGEST_NOT_TEXT"],
        ["binary junk", "csv", "junk.csv", noise, "FS_INGEST_NOT_TEXT"],
        ["binary junk", "ndjson", "junk.ndjson", noise, "FS_INGEST_NOT_TEXT"],
        ["binary junk", "parquet", "junk.parquet", noise, "FS_INGEST_NOT_PARQUET"],
        [
          "a wrong header",
          "binance-archive",
          "spot/BTCUSDT-trades-5.csv",
          `a,b,c\n${good}\n`,
          "FS_INGEST_HEADER",
        ],
        [
          "another market's columns",
          "binance-archive",
          "um/BTCUSDT-trades-6.csv",
          `${good}\n`,
          "FS_INGEST_HEADER",
        ],
        [
          "a header of the other kind",
          "binance-archive",
          "um/BTCUSDT-aggTrades-7.csv",
          `id,price,qty,quote_qty,time,is_buyer_maker\n`,
          "FS_INGEST_HEADER",
        ],
        [
          "a wrong header",
          "tardis",
          "binance_trades_5.csv",
          `${tardisHeader.replace("amount", "size")}\n${tardisRow}\n`,
          "FS_INGEST_HEADER",
        ],
        [
          "an unknown kind",
          "tardis",
          "x.csv",
          `exchange,symbol,timestamp,local_timestamp,is_snapshot\n`,
          "FS_INGEST_HEADER",
        ],
        ["a wrong header", "csv", "prices.csv", "time,px\n1,2\n", "FS_INGEST_HEADER"],
        [
          "no instrument",
          "csv",
          "nobody.csv",
          "timestamp,price,quantity,side\n1704067200000,1,1,buy\n",
          "FS_INGEST_INSTRUMENT",
        ],
        ["no objects", "ndjson", "prose.ndjson", "once\nupon a time\n", "FS_INGEST_ALL_REJECTED"],
        ["a web page", "tardis", "binance_trades_6.csv.gz", "<html></html>", "FS_INGEST_BROKEN_FILE"],
      ];
      it.each(cases)("%s of %s is one clear error", async (_, format, name, content, code) => {
        await expect(run(format, [file(name, content)])).rejects.toMatchObject({ code, exit: 1 });
        expect(await count("trades")).toBe(0);
      });

      it("truncated parquet is one clear error", async () => {
        const path = join(folder, "whole.parquet");
        await engine.exportTo(
          path,
          "Parquet",
          "SELECT number AS timestamp, number AS price, number AS quantity FROM numbers(1000)",
        );
        const bytes = readFileSync(path);
        await expect(run("parquet", [file("cut.parquet", cut(bytes))])).rejects.toMatchObject({
          code: "FS_INGEST_BROKEN_FILE",
        });
        await expect(run("parquet", [path])).rejects.toMatchObject({
          code: "FS_INGEST_HEADER",
          message: expect.stringContaining("side"),
        });
      });

      it("a directory and a missing file are one clear error each", async () => {
        await expect(run("tardis", ["."])).rejects.toMatchObject({ code: "FS_INGEST_DIRECTORY", exit: 1 });
        await expect(run("tardis", ["no.csv"])).rejects.toMatchObject({ code: "FS_INGEST_NO_FILE", exit: 1 });
      });

      it("are all reported, and nothing of the command is stored", async () => {
        const fine = file("spot/BTCUSDT-trades-2024-01-05.csv", good);
        const first = file("spot/BTCUSDT-trades-8.csv", noise);
        const second = file("spot/BTCUSDT-trades-9.csv", "");
        await expect(run("binance-archive", [first, fine, second])).rejects.toMatchObject({
          findings: [{ code: "FS_INGEST_NOT_TEXT" }, { code: "FS_INGEST_EMPTY" }],
        });
        expect(await count("trades")).toBe(0);
      });
    });
  });
}
