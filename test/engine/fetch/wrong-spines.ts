import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { fetchAtSpine, type SpineFetchRequest } from "../../../src/fetch/fetch-at-spine.js";
import { failure, type GetSubject } from "../port/subject.js";
import { storeTwoBuckets } from "./spine-files.js";
import { set } from "./stored-vector.js";

const header = "exchange,market_type,symbol,ts";
const row = "binance,spot,BTCUSDT,1723161301000";
const json = '{"exchange":"binance","market_type":"spot","symbol":"BTCUSDT","ts":1723161301000}';
const csv = (...lines: string[]): string => `${[header, ...lines].join("\n")}\n`;

interface WrongSpine {
  readonly name: string;
  readonly content: string | Buffer;
  readonly line?: number;
  readonly says: string | RegExp;
}

const wrong: Readonly<Record<string, WrongSpine>> = {
  "an empty file": { name: "a.csv", content: "", says: "is empty" },
  "a header without rows": { name: "a.csv", content: csv(), says: "holds no rows" },
  "no header": {
    name: "a.csv",
    content: `${row}\n${row}\n`,
    line: 1,
    says: "no column exchange, market_type, symbol, ts",
  },
  "missing columns": {
    name: "a.csv",
    content: "exchange,sym,ts\n",
    line: 1,
    says: "has no column market_type, symbol; it has exchange, sym, ts",
  },
  "another delimiter": {
    name: "a.csv",
    content: `${header.replaceAll(",", ";")}\n`,
    line: 1,
    says: "has no column",
  },
  "a column without a name": {
    name: "a.csv",
    content: `,${header}\n0,${row}\n`,
    line: 1,
    says: "has no name for its column 1",
  },
  "a column twice": { name: "a.csv", content: `${header},x,x\n`, line: 1, says: "two columns named x" },
  "a column of the result": {
    name: "a.csv",
    content: `${header},age_s,vpin__vpin_20\n`,
    line: 1,
    says: "adds itself: age_s, vpin__vpin_20",
  },
  "a time that is none": {
    name: "a.csv",
    content: csv(row, row.replace(/\d+$/, "yesterday")),
    line: 3,
    says: 'ts is "yesterday"',
  },
  "a day that is none": {
    name: "a.csv",
    content: csv(row.replace(/\d+$/, "2024-02-30 00:00:00"), row),
    line: 2,
    says: 'ts is "2024-02-30 00:00:00"',
  },
  "an hour that is none": {
    name: "a.csv",
    content: csv(row.replace(/\d+$/, "2024-02-03 24:00:00")),
    line: 2,
    says: "ts is",
  },
  "a date without a time": {
    name: "a.csv",
    content: csv(row.replace(/\d+$/, "2024-02-03")),
    line: 2,
    says: "ts is",
  },
  "seconds since 1970": {
    name: "a.csv",
    content: csv(row.slice(0, -3)),
    line: 2,
    says: 'ts is "1723161301", expected 2024-',
  },
  "microseconds since 1970": { name: "a.csv", content: csv(`${row}000`), line: 2, says: "ts is" },
  "an empty time": { name: "a.csv", content: csv(row.replace(/\d+$/, "")), line: 2, says: "ts is empty" },
  "an unknown market type": {
    name: "a.csv",
    content: csv(row, row, row.replace("spot", "futures"), row.replace("spot", "swap")),
    line: 4,
    says: /market_type is "futures", expected one of spot, linear, inverse, option; nor can 1 more of its 4 rows/,
  },
  "an empty market type": {
    name: "a.csv",
    content: csv(row.replace("spot", "")),
    line: 2,
    says: "market_type is empty",
  },
  "an empty exchange": {
    name: "a.csv",
    content: csv(row.replace("binance", "")),
    line: 2,
    says: "exchange is empty",
  },
  "an empty symbol": {
    name: "a.csv",
    content: csv(row.replace("BTCUSDT", "")),
    line: 2,
    says: "symbol is empty",
  },
  "a line behind a field of two lines": {
    name: "a.csv",
    content: `${header},note\n${row},"one\ntwo"\n${row.replace("spot", "spto")},\n`,
    line: 4,
    says: 'market_type is "spto"',
  },
  "a row that is too short": {
    name: "a.csv",
    content: csv(row, "binance,spot", row),
    line: 3,
    says: "as csv in line 3",
  },
  "a row that is too long": {
    name: "a.csv",
    content: csv(row, `${row},1`, row),
    line: 3,
    says: "as csv in line 3",
  },
  "an empty line between rows": {
    name: "a.csv",
    content: csv(row, "", row),
    line: 3,
    says: "as csv in line 3",
  },
  "a quote that is never closed": {
    name: "a.csv",
    content: `${header},note\n${row},x\n${row},"open\n${row},y\n`,
    line: 3,
    says: "a quote in line 3 that is never closed",
  },
  "a wrong quote in the header": {
    name: "a.csv",
    content: `${header},"a"b\n`,
    line: 1,
    says: "a quote in its first line",
  },
  "compressed bytes under a plain name": {
    name: "a.csv",
    content: gzipSync(csv(row)),
    line: 1,
    says: "not text",
  },
  "plain bytes under a compressed name": { name: "a.csv.gz", content: csv(row), says: "cannot be read" },
  "a truncated compressed file": {
    name: "a.csv.gz",
    content: gzipSync(csv(...Array.from({ length: 5000 }, (_, n) => row + n))).subarray(0, 200),
    says: "cannot be read",
  },
  "bytes that are no text": {
    name: "a.csv",
    content: Buffer.from([1, 2, 0, 255, 10, 3]),
    line: 1,
    says: "not text",
  },
  "text that is no parquet": { name: "a.parquet", content: csv(row), says: "cannot be read as parquet" },
  "text that is no json": { name: "a.ndjson", content: csv(row), says: "cannot be read as ndjson" },
  "json cut off": {
    name: "a.ndjson",
    content: `${json}\n${json.slice(0, 30)}`,
    says: "cannot be read as ndjson",
  },
  "json without a column": { name: "a.ndjson", content: '{"ts":1}\n', says: "has no column exchange" },
  "json with an empty time": {
    name: "a.ndjson",
    content: `${json}\n${json.replace("1723161301000", "null")}\n`,
    line: 2,
    says: "in line 2, ts is empty",
  },
  "json with a time of fractions": {
    name: "a.ndjson",
    content: json.replace("1723161301000", "1723161301.5"),
    says: "has ts of type Nullable(Float64)",
  },
  "json with an exchange that is a number": {
    name: "a.ndjson",
    content: json.replace('"binance"', "7"),
    says: "has exchange of type Nullable(Int64); expected text",
  },
};

export function describeWrongSpines(subject: GetSubject): void {
  describe("a spine that cannot be used", () => {
    beforeAll(() => storeTwoBuckets(subject().engine));

    const fetch = (spine: string, more: Partial<SpineFetchRequest> = {}) =>
      fetchAtSpine({
        engine: subject().engine,
        set,
        database: "suite",
        spine: { path: join(subject().folder, spine) },
        out: { path: join(subject().folder, "never.csv") },
        ...more,
      });

    it.each(Object.entries(wrong))("is named: %s", async (_, { name, content, line, says }) => {
      const path = join(subject().folder, name);
      writeFileSync(path, content);
      const error = await failure(fetch(name));
      expect(error.code).toBe("FS_FETCH_SPINE");
      expect(error.message).toMatch(says);
      expect(error.at).toEqual(line === undefined ? { file: path } : { file: path, line });
      expect(error.message).not.toContain("DB::Exception");
      expect(existsSync(join(subject().folder, "never.csv"))).toBe(false);
    });

    it("names a row of a parquet file, and a type that is no time", async () => {
      const { engine, folder } = subject();
      const write = (ts: string) =>
        engine.exportTo(
          join(folder, "wrong.parquet"),
          "Parquet",
          `SELECT 'binance' AS exchange, if(number = 2, NULL, 'spot') AS market_type, 'BTCUSDT' AS symbol, ${ts} AS ts FROM numbers(4)`,
        );
      await write("now64(3)");
      expect((await failure(fetch("wrong.parquet"))).message).toContain("in row 3, market_type is empty");
      await write("today()");
      expect((await failure(fetch("wrong.parquet"))).message).toMatch(
        /has ts of type Date\w*; expected a time/,
      );
    });

    it("must be a file", async () => {
      mkdirSync(join(subject().folder, "folder.csv"), { recursive: true });
      expect((await failure(fetch("folder.csv"))).code).toBe("FS_ENGINE_FILE");
      expect((await failure(fetch("nowhere.csv"))).message).toContain("does not exist");
    });

    it("must have a format that is known", async () => {
      writeFileSync(join(subject().folder, "spine.xlsx"), "x");
      for (const name of ["spine.xlsx", "spine", "spine.parquet.gz", "spine.arrow"]) {
        expect(await failure(fetch(name))).toMatchObject({ code: "FS_FETCH_FORMAT", exit: 64 });
      }
    });

    it("is never overwritten, and the result's folder must be there", async () => {
      const { folder } = subject();
      const path = join(folder, "kept.csv");
      writeFileSync(path, csv(row));
      const out = (to: string) => failure(fetch("kept.csv", { out: { path: to } }));
      expect(await out(join(folder, ".", "kept.csv"))).toMatchObject({ code: "FS_FETCH_OUT" });
      expect(readFileSync(path, "utf8")).toBe(csv(row));
      expect((await out(join(folder, "no", "such", "a.csv"))).message).toContain("does not exist");
      mkdirSync(join(folder, "taken.csv"), { recursive: true });
      expect((await out(join(folder, "taken.csv"))).message).toContain("is a folder");
    });
  });
}
