import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../../src/engine/port.js";
import { describeFile } from "../../../src/fetch/describe-file.js";
import { fetchAtSpine, type SpineFetchRequest } from "../../../src/fetch/fetch-at-spine.js";
import { quoteName } from "../../../src/schema/quote.js";
import type { GetSubject } from "../port/subject.js";
import { createVector, insertBuckets, set } from "./stored-vector.js";

const start = Date.UTC(2024, 7, 8, 23, 54, 0);
const btc = ["binance", "spot", "BTCUSDT"] as const;

/** Two buckets, the second in two versions, known 250 ms after their ends. */
export async function storeTwoBuckets(engine: Engine): Promise<void> {
  const bucket = (id: number, v: number, features: readonly [number | null, number | null]) => ({
    instrument: btc,
    id: BigInt(id),
    start: start + (id - 1) * 30_000,
    end: start + id * 30_000,
    availableAt: start + id * 30_000 + 250,
    v,
    features,
  });
  await createVector(engine);
  await insertBuckets(engine, [bucket(1, 1, [5, null]), bucket(2, 1, [-1, -1])]);
  await insertBuckets(engine, [bucket(2, 2, [0.1, 0.48])]);
}

const second = `2,"2024-08-08 23:55:00.000","2024-08-08 23:55:00.250"`;

export function describeSpineFiles(subject: GetSubject): void {
  describe("a fetch at a spine", () => {
    beforeAll(() => storeTwoBuckets(subject().engine));

    const path = (name: string): string => join(subject().folder, name);
    const fetch = (spine: string, out: string, more: Partial<SpineFetchRequest> = {}) =>
      fetchAtSpine({
        engine: subject().engine,
        set,
        database: "suite",
        spine: { path: path(spine) },
        out: { path: path(out) },
        ...more,
      });
    const text = (name: string): string => readFileSync(path(name), "utf8");
    /** Columns of a file that was written, and its rows. */
    const readBack = async (name: string, format: string) => {
      const { engine } = subject();
      const shape = { database: "suite", name: "written" };
      await engine.execute(`DROP TABLE IF EXISTS ${quoteName(shape)} SYNC`);
      const columns = await describeFile(engine, { path: path(name), format }, shape, {});
      const structure = columns.map((column) => `\`${column.name}\` ${column.type}`).join(", ");
      await engine.execute(
        `CREATE OR REPLACE TABLE ${quoteName(shape)} (n UInt64, ${structure}) ENGINE = MergeTree ORDER BY n`,
      );
      await engine.load(`INSERT INTO ${quoteName(shape)} SELECT {line}, * FROM {file}`, {
        path: path(name),
        format,
        structure,
      });
      const rows = await engine.rows(`SELECT * EXCEPT n FROM ${quoteName(shape)} ORDER BY n`);
      return { types: Object.fromEntries(columns.map((column) => [column.name, column.type])), rows };
    };

    it("keeps csv's columns, texts and order, and writes csv", async () => {
      writeFileSync(
        path("mixed.csv"),
        [
          '\ufeffnote,symbol,ts,exchange,market_type,"odd, ""name"""',
          "007,BTCUSDT,2024-08-08T23:55:00.250Z,binance,spot, padded ",
          '"a,b ""q""",BTCUSDT,2024-08-08 23:55:01,binance,spot,\\N',
          "NULL,BTCUSDT,1723161300249,binance,spot,",
          "\"two\nlines\",BTCUSDT,2024-08-09 07:57:00.250+08:00,binance,spot,'x'",
          "stale,BTCUSDT,2024-08-08T23:57:00.251000Z,binance,spot,1e3",
          "before,BTCUSDT,2024-08-08 23:54:30.249,binance,spot,true",
          "nowhere,ETHUSDT,2024-08-08 23:55:30.000999,binance,spot,2024-01-01",
          "",
        ].join("\r\n"),
      );
      const summary = await fetch("mixed.csv", "mixed.out.csv");
      const line = (note: string, symbol: string, ts: string, odd: string, rest: string) =>
        `"${note}","${symbol}","${ts}","binance","spot","${odd}",${rest}`;
      expect(text("mixed.out.csv").split(/\n(?!lines)/)).toEqual([
        '"note","symbol","ts","exchange","market_type","odd, ""name""","bucket_id","bucket_ts_end","available_at","age_s","order_flow__volume","vpin__vpin_20"',
        line("007", "BTCUSDT", "2024-08-08 23:55:00.250", " padded ", `${second},0,0.1,0.48`),
        line('a,b ""q""', "BTCUSDT", "2024-08-08 23:55:01.000", "\\N", `${second},0.75,0.1,0.48`),
        line(
          "NULL",
          "BTCUSDT",
          "2024-08-08 23:55:00.249",
          "",
          '1,"2024-08-08 23:54:30.000","2024-08-08 23:54:30.250",29.999,5,',
        ),
        line("two\nlines", "BTCUSDT", "2024-08-08 23:57:00.250", "'x'", `${second},120,0.1,0.48`),
        line("stale", "BTCUSDT", "2024-08-08 23:57:00.251", "1e3", ",,,,,"),
        line("before", "BTCUSDT", "2024-08-08 23:54:30.249", "true", ",,,,,"),
        line("nowhere", "ETHUSDT", "2024-08-08 23:55:30.000", "2024-01-01", ",,,,,"),
        "",
      ]);
      expect(summary).toMatchObject({
        out: { path: path("mixed.out.csv"), format: "csv" },
        rows: 7,
        matched: 4,
        missing: 2,
        stale: 1,
        nullShares: { order_flow__volume: 3 / 7, vpin__vpin_20: 4 / 7 },
        unknownInstruments: [{ instrument: "binance/spot/ETHUSDT", rows: 1 }],
        warnings: ["The vector trend_v1 has no rows of binance/spot/ETHUSDT: 1 of 7 rows are NULL."],
        seconds: summary.seconds,
      });
      expect(summary.seconds).toBeGreaterThan(0);
    });

    it("writes parquet with types", async () => {
      writeFileSync(
        path("plain.csv"),
        "exchange,market_type,symbol,ts,weight\nbinance,spot,BTCUSDT,1723161301000,0.5\nbinance,spot,BTCUSDT,1723160000000,2\n",
      );
      await fetch("plain.csv", "plain.parquet");
      const { types, rows } = await readBack("plain.parquet", "Parquet");
      expect(types).toEqual({
        exchange: "String",
        market_type: "String",
        symbol: "String",
        ts: "DateTime64(3, 'UTC')",
        weight: "String",
        bucket_id: "Nullable(UInt64)",
        bucket_ts_end: "Nullable(DateTime64(3, 'UTC'))",
        available_at: "Nullable(DateTime64(3, 'UTC'))",
        age_s: "Nullable(Float64)",
        order_flow__volume: "Nullable(Float64)",
        vpin__vpin_20: "Nullable(Float64)",
      });
      const keys = { exchange: "binance", market_type: "spot", symbol: "BTCUSDT" };
      expect(rows).toEqual([
        {
          ...keys,
          ts: "2024-08-08 23:55:01.000",
          weight: "0.5",
          bucket_id: "2",
          bucket_ts_end: "2024-08-08 23:55:00.000",
          available_at: "2024-08-08 23:55:00.250",
          age_s: 0.75,
          order_flow__volume: 0.1,
          vpin__vpin_20: 0.48,
        },
        {
          ...keys,
          ts: "2024-08-08 23:33:20.000",
          weight: "2",
          bucket_id: null,
          bucket_ts_end: null,
          available_at: null,
          age_s: null,
          order_flow__volume: null,
          vpin__vpin_20: null,
        },
      ]);
    });

    it.each([
      ["a time in microseconds", "toDateTime64('2024-08-08 23:55:01.000999', 6, 'UTC')"],
      ["a time in nanoseconds that may be NULL", "toNullable(toDateTime64('2024-08-08 23:55:01', 9, 'UTC'))"],
      ["integer milliseconds", "toInt64(1723161301000)"],
      ["text", "'2024-08-08T23:55:01Z'"],
    ])("keeps the names and types of a parquet spine, with ts as %s", async (_, ts) => {
      await subject().engine.exportTo(
        path("typed.parquet"),
        "Parquet",
        `SELECT toInt32(number) AS \`row\`, 'BTCUSDT' AS symbol, toLowCardinality('spot') AS market_type, ${ts} AS ts,
           toNullable('binance') AS exchange, toDecimal64('1.5', 2) AS \`c1\`, if(number = 1, NULL, 'x') AS \`c0\`,
           [number] AS line, toDate32('2024-01-01') AS problem, tuple(1, 'a') AS \`result\`, 2.5 AS \`joined.row\`
         FROM numbers(3)`,
      );
      const summary = await fetch("typed.parquet", "typed.out.parquet");
      expect(summary.matched).toBe(3);
      const { types, rows } = await readBack("typed.out.parquet", "Parquet");
      const spine = await readBack("typed.parquet", "Parquet");
      expect(Object.keys(types).slice(0, 11)).toEqual(Object.keys(spine.types));
      expect(types).toMatchObject({ ...spine.types, ts: "DateTime64(3, 'UTC')", exchange: "String" });
      expect(rows).toEqual(
        spine.rows.map((row) => ({
          ...(row as object),
          ts: "2024-08-08 23:55:01.000",
          bucket_id: "2",
          bucket_ts_end: "2024-08-08 23:55:00.000",
          available_at: "2024-08-08 23:55:00.250",
          age_s: 0.75,
          order_flow__volume: 0.1,
          vpin__vpin_20: 0.48,
        })),
      );
    });

    it("reads and writes ndjson", async () => {
      writeFileSync(
        path("lines.ndjson"),
        [
          '{"ts":1723161301000,"exchange":"binance","market_type":"spot","symbol":"BTCUSDT","id":1,"tag":"2024-01-01","deep":{"a":[1]}}',
          '{"ts":1723160000000,"exchange":"binance","market_type":"spot","symbol":"BTCUSDT","id":null,"extra":1.5}',
          "",
        ].join("\n"),
      );
      await fetch("lines.ndjson", "lines.out.ndjson");
      const objects = text("lines.out.ndjson").trimEnd().split("\n");
      expect(objects.map((line) => JSON.parse(line))).toEqual([
        {
          ts: "2024-08-08T23:55:01.000Z",
          exchange: "binance",
          market_type: "spot",
          symbol: "BTCUSDT",
          id: 1,
          tag: "2024-01-01",
          deep: '{"a":[1]}',
          extra: null,
          bucket_id: 2,
          bucket_ts_end: "2024-08-08T23:55:00.000Z",
          available_at: "2024-08-08T23:55:00.250Z",
          age_s: 0.75,
          order_flow__volume: 0.1,
          vpin__vpin_20: 0.48,
        },
        {
          ts: "2024-08-08T23:33:20.000Z",
          exchange: "binance",
          market_type: "spot",
          symbol: "BTCUSDT",
          id: null,
          tag: null,
          deep: null,
          extra: 1.5,
          bucket_id: null,
          bucket_ts_end: null,
          available_at: null,
          age_s: null,
          order_flow__volume: null,
          vpin__vpin_20: null,
        },
      ]);
    });

    it("reads and writes compressed files, writes arrow, and takes a format that is named", async () => {
      const spine = "exchange,market_type,symbol,ts\nbinance,spot,BTCUSDT,1723161301000\n";
      writeFileSync(path("packed.csv.gz"), gzipSync(spine));
      await fetch("packed.csv.gz", "packed.out.csv.gz");
      const packed = gunzipSync(readFileSync(path("packed.out.csv.gz"))).toString();
      expect(packed.split("\n")[1]).toBe(
        `"binance","spot","BTCUSDT","2024-08-08 23:55:01.000",${second},0.75,0.1,0.48`,
      );
      const out = { path: path("unnamed"), format: "arrow" } as const;
      const summary = await fetch("packed.csv.gz", "", { out });
      expect(summary.out).toEqual(out);
      const { types, rows } = await readBack("unnamed", "Arrow");
      expect(types).toMatchObject({ ts: "DateTime64(3, 'UTC')", bucket_id: "Nullable(UInt64)" });
      expect(rows).toMatchObject([{ symbol: "BTCUSDT", bucket_id: "2", vpin__vpin_20: 0.48 }]);
      writeFileSync(path("spine.txt"), spine);
      const named = { spine: { path: path("spine.txt"), format: "csv" } } as const;
      expect((await fetch("", "named.csv", named)).matched).toBe(1);
    });

    it("keeps the order of a long spine", async () => {
      const rows = 300_000;
      const lines = Array.from(
        { length: rows },
        (_, n) =>
          `${n},binance,spot,${n % 3 === 0 ? "ETHUSDT" : "BTCUSDT"},${start + ((n * 7919) % 200_000)}`,
      );
      writeFileSync(path("long.csv"), `n,exchange,market_type,symbol,ts\n${lines.join("\n")}\n`);
      const summary = await fetch("long.csv", "long.out.csv");
      const written = text("long.out.csv").trimEnd().split("\n").slice(1);
      expect(written).toHaveLength(rows);
      expect(written.every((line, n) => line.startsWith(`"${n}",`))).toBe(true);
      expect(summary).toMatchObject({ rows, unknownInstruments: [{ rows: rows / 3 }] });
      expect(summary.matched + summary.missing + summary.stale).toBe(rows);
    });

    it("warns when nothing at all was found", async () => {
      writeFileSync(
        path("early.csv"),
        "exchange,market_type,symbol,ts\nbinance,spot,BTCUSDT,1000000000000\n",
      );
      const summary = await fetch("early.csv", "early.out.csv");
      expect(summary).toMatchObject({ matched: 0, missing: 1, stale: 0, unknownInstruments: [] });
      expect(summary.warnings).toEqual([expect.stringContaining("No row of the spine has a value")]);
    });

    it("does not mind others that run at the same time, nor their tables", async () => {
      const { engine } = subject();
      await engine.execute("CREATE TABLE suite.fetch_0123456789ab_spine (a UInt8) ENGINE = Memory");
      const numbers = [1, 2, 3, 4];
      const summaries = await Promise.all(
        numbers.map((n) => {
          const row = "binance,spot,BTCUSDT,1723161301000\n";
          writeFileSync(path(`many-${n}.csv`), `exchange,market_type,symbol,ts\n${row.repeat(n)}`);
          return fetch(`many-${n}.csv`, `many-${n}.out.csv`);
        }),
      );
      expect(summaries.map((summary) => summary.matched)).toEqual(numbers);
      expect(numbers.map((n) => text(`many-${n}.out.csv`).split("\n").length - 2)).toEqual(numbers);
      await engine.execute("DROP TABLE suite.fetch_0123456789ab_spine");
    });

    it("takes names of any characters, and a bucket id that does not fit beside the spine's times", async () => {
      const symbol = "O'D\\D\"],é";
      const { engine } = subject();
      const [end, known] = [start + 30_000, start + 30_250];
      const bucket = { instrument: ["okx", "linear", symbol] as const, start, end, availableAt: known, v: 1 };
      await insertBuckets(engine, [
        { ...bucket, id: 7n, features: [7, null] },
        { ...bucket, id: 2n ** 63n + 1n, features: [8, null] },
      ]);
      const row = (name: string) =>
        JSON.stringify({ exchange: "okx", market_type: "linear", symbol: name, ts: known });
      writeFileSync(path("odd.ndjson"), `${row(symbol)}\n${row("BTCUSDT")}\n`);
      expect(await fetch("odd.ndjson", "odd.out.ndjson")).toMatchObject({ rows: 2, matched: 1 });
      const found = text("odd.out.ndjson").trimEnd().split("\n");
      expect(found.map((line) => JSON.parse(line).order_flow__volume)).toEqual([8, null]);
      expect(found[0]).toContain(`"bucket_id":${2n ** 63n + 1n},`);

      // More names than are listed in a statement.
      const others = Array.from({ length: 150 }, (_, n) => row(`N${n}`));
      writeFileSync(path("names.ndjson"), [...others, row(symbol), ""].join("\n"));
      expect(await fetch("names.ndjson", "names.out.ndjson")).toMatchObject({ rows: 151, matched: 1 });
      const [last = ""] = text("names.out.ndjson").trimEnd().split("\n").slice(-1);
      expect(JSON.parse(last).order_flow__volume).toBe(8);
    });

    it("leaves nothing behind", async () => {
      const tables = await subject().engine.rows(
        "SELECT name FROM system.tables WHERE database = 'suite' AND name LIKE 'fetch%'",
      );
      expect(tables).toEqual([]);
      expect(readdirSync(subject().folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    });
  });
}
