import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { FeatureError } from "../../../src/errors.js";
import { type GetSubject, makeTable, value } from "./subject.js";

/** Files that the engine reads and writes. */
export function describeFiles(subject: GetSubject): void {
  const engine = () => subject().engine;
  const folder = () => subject().folder;

  describe("files", () => {
    const names = [
      "plain.csv",
      "it's here.csv",
      'a "b" c.csv',
      "glob*{a,b}?[1].csv",
      "{1..3}.csv",
      "ünï 漢字 🦀.csv",
      "back\\slash.csv",
      "two\nlines.csv",
      "archive.zip::member.csv",
      "percent%20.csv",
      "no-suffix",
      "-",
    ];
    it.each(names.map((file) => [JSON.stringify(file), file]))(
      "loads %s, plain and packed",
      async (_, file) => {
        await makeTable(engine(), "a UInt64, s String");
        const text = '1,"one"\n2,"it\'s"\n';
        const structure = "a UInt64, s String";
        const path = join(folder(), file);
        const sql = "INSERT INTO suite.t SELECT a * {k:UInt64}, s FROM {file}";
        writeFileSync(path, text);
        await engine().load(sql, { path, format: "CSV", structure }, { params: { k: 10 } });
        writeFileSync(`${path}.gz`, gzipSync(text));
        await engine().load(sql, { path: `${path}.gz`, format: "CSV", structure }, { params: { k: 100 } });
        expect(await engine().rows("SELECT * FROM suite.t ORDER BY a")).toEqual([
          { a: "10", s: "one" },
          { a: "20", s: "it's" },
          { a: "100", s: "one" },
          { a: "200", s: "it's" },
        ]);
      },
    );

    it.each([["lines.txt"], ["lines.txt.gz"]])("numbers millions of lines of %s rightly", async (file) => {
      const lines = 3_000_000;
      const path = join(folder(), file);
      const parts: string[] = [];
      for (let line = 1; line <= lines; line++) parts.push(`${line},${"x".repeat(line % 13)}`);
      const text = parts.join("\n");
      writeFileSync(path, file.endsWith(".gz") ? gzipSync(text, { level: 1 }) : text);
      await makeTable(engine(), "line UInt64, id UInt64");
      await engine().load(
        `INSERT INTO suite.t SELECT line, toUInt64(splitByChar(',', text)[1])
         FROM (SELECT {line} AS line, text FROM {file}) WHERE line % 2 = 0`,
        { path, format: "LineAsString", structure: "text String" },
      );
      expect(await engine().rows("SELECT count() AS n, countIf(line != id) AS wrong FROM suite.t")).toEqual([
        { n: String(lines / 2), wrong: "0" },
      ]);
      rmSync(path);
    });

    it("say what is wrong with a file", async () => {
      await makeTable(engine(), "a UInt64");
      const load = (path: string) =>
        engine().load("INSERT INTO suite.t SELECT a FROM {file}", {
          path,
          format: "CSV",
          structure: "a UInt64",
        });
      await expect(load(join(folder(), "missing.csv"))).rejects.toMatchObject({ code: "FS_ENGINE_FILE" });
      await expect(load(folder())).rejects.toMatchObject({ code: "FS_ENGINE_FILE" });
      const bad = join(folder(), "bad's.csv");
      writeFileSync(bad, "1\n2\nthree\n");
      await expect(load(bad)).rejects.toMatchObject({ code: "FS_ENGINE_QUERY" });
      const large = join(folder(), "large.csv");
      writeFileSync(large, `three\n${"123456\n".repeat(3_000_000)}`);
      await expect(load(large)).rejects.toThrow(/CANNOT_PARSE|INCORRECT_DATA/);
      const cut = join(folder(), "cut.csv.gz");
      const packed = gzipSync(Array.from({ length: 100_000 }, (_, n) => n * 7919).join("\n"));
      writeFileSync(cut, packed.subarray(0, packed.length >> 1));
      await expect(load(cut)).rejects.toBeInstanceOf(FeatureError);
      expect(await value(engine(), "SELECT 1 AS x")).toBe(1);
    });

    it("exports CSV and Parquet, ordered and bound", async () => {
      const sql = "SELECT number AS a, {s:String} AS s FROM numbers(100000) ORDER BY a DESC";
      const params = { s: "it's" };
      for (const file of ["out.csv", "it's ünï {a,b}*.csv", "packed.csv.gz"]) {
        const path = join(folder(), file);
        await engine().exportTo(path, "CSVWithNames", sql, { params });
        const bytes = readFileSync(path);
        const lines = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString().split("\n");
        expect(lines.slice(0, 3)).toEqual(['"a","s"', '99999,"it\'s"', '99998,"it\'s"']);
        expect(lines).toHaveLength(100_002);
      }
      const path = join(folder(), "out.parquet");
      await engine().exportTo(path, "Parquet", sql, { params });
      await engine().exportTo(path, "Parquet", `${sql} LIMIT 10`, { params, settings: { max_threads: 1 } });
      await makeTable(engine(), "a UInt64, s String");
      const source = { path, format: "Parquet", structure: "a UInt64, s String" };
      await engine().load("INSERT INTO suite.t SELECT a, s FROM {file}", source);
      expect(await value(engine(), "SELECT (count(), min(a), any(s)) AS x FROM suite.t")).toEqual([
        "10",
        "99990",
        "it's",
      ]);
    });

    it("leaves what was there when an export fails", async () => {
      const path = join(folder(), "kept.csv");
      writeFileSync(path, "before");
      const sql = "SELECT throwIf(number = 3000000), number FROM numbers(5000000)";
      await expect(engine().exportTo(path, "CSV", sql)).rejects.toMatchObject({ code: "FS_ENGINE_QUERY" });
      expect(readFileSync(path, "utf8")).toBe("before");
      const nowhere = engine().exportTo(join(folder(), "no", "such", "x.csv"), "CSV", "SELECT 1");
      await expect(nowhere).rejects.toMatchObject({ code: "FS_ENGINE_FILE" });
      expect(readdirSync(folder()).filter((file) => file.endsWith(".tmp"))).toEqual([]);
    });
  });
}
