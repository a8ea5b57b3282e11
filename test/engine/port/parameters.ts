import { describe, expect, it } from "vitest";
import type { Params } from "../../../src/engine/port.js";
import { type GetSubject, makeTable, value } from "./subject.js";

/** Values of every type reach the engine as they are, and never as SQL. */
export function describeParameters(subject: GetSubject): void {
  const engine = () => subject().engine;

  describe("parameters", () => {
    const texts = [
      "",
      "plain",
      "it's",
      "''",
      'a "quoted" word',
      "back\\slash \\n \\t \\\\ \\' \\N",
      "\\N",
      "NULL",
      "new\nline\r\n",
      "tab\there",
      "bell\b feed\f nul\0 end",
      "üñí – 漢字 🦀",
      "{x:String} $y %s",
      "'; DROP TABLE suite.victim; --",
      "') OR 1 = 1 --",
      "[1,2]",
      " spaces ",
    ];
    it.each(texts.map((text) => [JSON.stringify(text), text]))("binds the string %s", async (_, text) => {
      expect(await value(engine(), "SELECT {x:String} AS x", { x: text })).toBe(text);
      expect(await value(engine(), "SELECT {x:LowCardinality(String)} AS x", { x: text })).toBe(text);
      expect(await value(engine(), "SELECT {x:Array(String)} AS x", { x: [text, "second"] })).toEqual([
        text,
        "second",
      ]);
      expect(
        await value(engine(), "SELECT length({x:String}) = lengthUTF8({x:String}) + {n:Int64} AS x", {
          x: text,
          n: Buffer.byteLength(text) - [...text].length,
        }),
      ).toBe(1);
    });

    it.each<[string, Params[string], unknown]>([
      ["UInt8", 7, 7],
      ["Int8", -7, -7],
      ["Int64", -9223372036854775808n, "-9223372036854775808"],
      ["UInt64", 18446744073709551615n, "18446744073709551615"],
      ["UInt64", "18446744073709551615", "18446744073709551615"],
      ["UInt64", Number.MAX_SAFE_INTEGER, String(Number.MAX_SAFE_INTEGER)],
      ["UInt128", 2n ** 128n - 1n, String(2n ** 128n - 1n)],
      ["Int256", -(2n ** 200n), String(-(2n ** 200n))],
      ["Float64", 0.1, 0.1],
      ["Float64", 1e300, 1e300],
      ["Float64", -5e-324, -5e-324],
      ["Float64", Number.NaN, "nan"],
      ["Float64", Number.NEGATIVE_INFINITY, "-inf"],
      ["Bool", true, true],
      ["Bool", false, false],
      ["UInt8", true, 1],
      ["Decimal(38, 8)", "-123456789012345678901.00000001", "-123456789012345678901.00000001"],
      ["DateTime64(3, 'UTC')", "2024-08-08 23:59:59.123", "2024-08-08 23:59:59.123"],
      ["DateTime64(6)", "2024-08-08 23:59:59.123456", "2024-08-08 23:59:59.123456"],
      ["DateTime", "2024-08-08 23:59:59", "2024-08-08 23:59:59"],
      ["Date", "2024-08-08", "2024-08-08"],
      ["Enum8('buy' = 1, 'sell' = 2)", "sell", "sell"],
      ["Nullable(String)", null, null],
      ["Nullable(UInt64)", null, null],
      ["Nullable(Float64)", null, null],
      ["Array(UInt64)", [1, 2, 3], ["1", "2", "3"]],
      ["Array(UInt64)", [], []],
      ["Array(Float64)", [0.5, -1e-7], [0.5, -1e-7]],
      ["Array(UInt64)", "[18446744073709551615]", ["18446744073709551615"]],
    ])("binds a %s", async (type, given, expected) => {
      expect(await value(engine(), `SELECT {x:${type}} AS x`, { x: given })).toEqual(expected);
    });

    it("tells NULL and the text that looks like it apart", async () => {
      expect(await value(engine(), "SELECT {x:Nullable(String)} AS x", { x: "\\N" })).toBe("\\N");
      expect(await value(engine(), "SELECT {x:Nullable(String)} IS NULL AS x", { x: null })).toBe(1);
    });

    it("never takes a value for SQL", async () => {
      await engine().execute("CREATE OR REPLACE TABLE suite.victim (a UInt8) ENGINE = MergeTree ORDER BY a");
      await makeTable(engine(), "a String");
      for (const text of texts) {
        await engine().execute("INSERT INTO suite.t SELECT {x:String}", { params: { x: text } });
        expect(
          await value(engine(), "SELECT count() AS x FROM suite.t WHERE a = {x:String}", { x: text }),
        ).toBe("1");
      }
      expect(await value(engine(), "SELECT count() AS x FROM suite.t")).toBe(String(texts.length));
      expect(await value(engine(), "EXISTS suite.victim", {})).toBeUndefined();
      expect(await engine().rows("EXISTS suite.victim")).toEqual([{ result: 1 }]);
    });

    it("refuses a value of another type, and a parameter that is missing", async () => {
      await expect(value(engine(), "SELECT {x:UInt8} AS x", { x: "1 OR 1" })).rejects.toThrow(
        /BAD_QUERY_PARAMETER|CANNOT_PARSE/,
      );
      await expect(value(engine(), "SELECT {x:UInt8} AS x")).rejects.toThrow("UNKNOWN_QUERY_PARAMETER");
      await value(engine(), "SELECT {x:UInt8} AS x", { x: 1 });
      await expect(value(engine(), "SELECT {x:UInt8} AS x")).rejects.toThrow("UNKNOWN_QUERY_PARAMETER");
    });

    it("binds in streams, exports and side by side", async () => {
      const one = async (n: number): Promise<string[]> => {
        const texts: string[] = [];
        const sql = "SELECT {x:String} AS x, toString({n:UInt32}) AS n FROM numbers(3)";
        for await (const block of engine().blocks(sql, { params: { x: `x${n}`, n } })) {
          for (const column of block.columns) texts.push(...(column.values as string[]));
        }
        return texts;
      };
      const many = Array.from({ length: 40 }, (_, n) => n);
      await makeTable(engine(), "a UInt32, b String");
      const insert = (n: number) =>
        engine().execute("INSERT INTO suite.t SELECT {a:UInt32}, {b:String}", {
          params: { a: n, b: `b${n}` },
        });
      const [streams, rows] = await Promise.all([
        Promise.all(many.map(one)),
        Promise.all(many.map((n) => value(engine(), "SELECT {x:UInt32} AS x", { x: n }))),
        Promise.all(many.map(insert)),
      ]);
      expect(await engine().rows("SELECT a, b FROM suite.t ORDER BY a")).toEqual(
        many.map((n) => ({ a: n, b: `b${n}` })),
      );
      expect(streams).toEqual(many.map((n) => [`x${n}`, `x${n}`, `x${n}`, `${n}`, `${n}`, `${n}`]));
      expect(rows).toEqual(many);
    });
  });
}
