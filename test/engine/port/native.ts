import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NativeBlock, NativeColumn } from "../../../src/engine/native.js";
import { NativeDecoder } from "../../../src/engine/native-decode.js";
import type { Engine } from "../../../src/engine/port.js";
import { blockArbitrary, plainValues } from "../../support/native-arbitrary.js";
import type { GetSubject } from "./subject.js";

/** Blocks go into a table of the real engine and come back the same. */
export function describeNative(subject: GetSubject): void {
  const engine = () => subject().engine;

  describe("native blocks", () => {
    it("survive the engine", async () => {
      await fc.assert(
        fc.asyncProperty(blockArbitrary, async (block) => {
          const columns = block.columns.map((column) => `\`${column.name}\` ${column.type}`).join(", ");
          await engine().execute(
            `CREATE OR REPLACE TABLE suite.n (i UInt32, ${columns}) ENGINE = MergeTree ORDER BY i`,
          );
          const order = Uint32Array.from({ length: block.rows }, (_, row) => row);
          const numbered = {
            rows: block.rows,
            columns: [{ name: "i", type: "UInt32", values: order }, ...block.columns],
          };
          await engine().insert({ database: "suite", name: "n" }, numbered);
          const found = await readAll(engine(), "SELECT * EXCEPT i FROM suite.n ORDER BY i");
          expect(found).toEqual(block.rows === 0 ? [] : block.columns.map(plainValues));
        }),
        { numRuns: 60 },
      );
    });

    it("survive it to the last bit where they are of floats", async () => {
      const values = [
        ...Array.from({ length: 300 }, (_, n) => Math.sin(n) * 10 ** ((n % 61) - 30)),
        ...[0, -0, 5e-324, -2.2250738585072014e-308, 1.7976931348623157e308],
        ...[Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN],
      ];
      const order = Uint32Array.from(values.keys());
      await engine().execute(
        "CREATE OR REPLACE TABLE suite.f (i UInt32, x Float64, l Array(Nullable(Float64))) ENGINE = MergeTree ORDER BY i",
      );
      await engine().insert(
        { database: "suite", name: "f" },
        {
          rows: values.length,
          columns: [
            { name: "i", type: "UInt32", values: order },
            { name: "x", type: "Float64", values: Float64Array.from(values) },
            { name: "l", type: "Array(Nullable(Float64))", values: values.map((value) => [null, value]) },
          ],
        },
      );
      const found = await readAll(engine(), "SELECT x, l FROM suite.f ORDER BY i");
      expect(found).toEqual([values, values.map((value) => [null, value])]);
    });

    it("survive it to the last digit and character where they are of whole numbers, strings and moments", async () => {
      const texts = ["", 'it\'s "so" \\n', "a\tb\nc\r\0\u0001\u2028", "{x:String} /* ü 🙂 */ ;"];
      const numbers = (type: string): bigint[] => {
        const bits = BigInt(/\d+/.exec(type)?.[0] ?? 0);
        const [least, most] = type.startsWith("U")
          ? [0n, 2n ** bits]
          : [-(2n ** (bits - 1n)), 2n ** (bits - 1n)];
        return [least, least + 1n, most - 2n, most - 1n];
      };
      const types = ["8", "16", "32", "64"].flatMap((bits) => [`Int${bits}`, `UInt${bits}`]);
      const columns: NativeColumn[] = [
        { name: "text", type: "String", values: texts },
        {
          name: "at",
          type: "DateTime64(3, 'UTC')",
          values: BigInt64Array.of(-2_208_988_800_000n, -1n, 0n, 9_904_550_399_999n),
        },
        ...types.map((type) => ({ name: type.toLowerCase(), type, values: numbers(type) })),
      ];
      const list = columns.map(({ name, type }) => `${name} ${type}`).join(", ");
      await engine().execute(`CREATE OR REPLACE TABLE suite.w (${list}) ENGINE = MergeTree ORDER BY int8`);
      await engine().insert({ database: "suite", name: "w" }, { rows: texts.length, columns });
      const shown = columns.map(({ name, type }) =>
        type === "String"
          ? name
          : type.startsWith("Date")
            ? `toString(toUnixTimestamp64Milli(${name}))`
            : `toString(${name})`,
      );
      const found = await engine().rows<{ row: string[] }>(
        `SELECT [${shown.join(", ")}] AS row FROM suite.w ORDER BY int8`,
      );
      expect(found.map(({ row }) => row)).toEqual(
        texts.map((_, row) => columns.map(({ values }) => String(values[row]))),
      );
    });

    it("carry low cardinality as plain values", async () => {
      const sql = `SELECT toLowCardinality(toString(number % 3)) AS a, [a, 'x'] AS b, toLowCardinality(if(number = 1, NULL, a)) AS c,
        CAST([c], 'Array(LowCardinality(Nullable(String)))') AS d, CAST(number, 'LowCardinality(UInt64)') AS e, NULL AS f
        FROM numbers(4)`;
      const settings = { allow_suspicious_low_cardinality_types: 1 };
      const found = await readAll(engine(), sql, settings);
      expect(found).toEqual([
        ["0", "1", "2", "0"],
        [
          ["0", "x"],
          ["1", "x"],
          ["2", "x"],
          ["0", "x"],
        ],
        ["0", null, "2", "0"],
        [["0"], [null], ["2"], ["0"]],
        [0n, 1n, 2n, 3n],
        [null, null, null, null],
      ]);
    });

    it("decode in chunks of any size", async () => {
      const folder = mkdtempSync(join(tmpdir(), "prism-native-"));
      const path = join(folder, "all.native");
      const sql = `SELECT number AS a, toLowCardinality(toString(number % 5)) AS b, [b, 'ü'] AS c, if(number % 2 = 0, NULL, number) AS d,
        toDecimal128(number, 8) AS e FROM numbers(500) ORDER BY a`;
      await engine().exportTo(path, "Native", sql, { settings: { max_block_size: 100 } });
      const whole = await readAll(engine(), sql);
      const bytes = readFileSync(path);
      for (const size of [1, 7, 64, 4096]) {
        const decoder = new NativeDecoder();
        const columns: unknown[][] = [];
        for (let at = 0; at < bytes.length; at += size)
          collect(columns, decoder.push(bytes.subarray(at, at + size)));
        decoder.finish();
        expect(columns).toEqual(whole);
      }
      rmSync(folder, { recursive: true });
    });

    it("refuse a type that they cannot carry", async () => {
      await expect(readAll(engine(), "SELECT (1, 2) AS a")).rejects.toMatchObject({
        code: "FS_ENGINE_NATIVE",
      });
      expect(await engine().rows("SELECT 1 AS x")).toEqual([{ x: 1 }]);
    });

    it("move many rows of books and strings", async () => {
      await engine().execute(
        "CREATE OR REPLACE TABLE suite.n (a UInt64, s String, q Decimal(38, 8), l Array(Float64)) ENGINE = MergeTree ORDER BY a",
      );
      const rows = 200_000;
      const block: NativeBlock = {
        rows,
        columns: [
          { name: "a", type: "UInt64", values: BigUint64Array.from({ length: rows }, (_, n) => BigInt(n)) },
          { name: "s", type: "String", values: Array.from({ length: rows }, (_, n) => `row ${n % 100}`) },
          { name: "q", type: "Decimal(38, 8)", values: new BigUint64Array(rows * 2).fill(7n) },
          {
            name: "l",
            type: "Array(Float64)",
            values: Array.from({ length: rows }, (_, n) => new Float64Array([n, 0.5])),
          },
        ],
      };
      await engine().insert({ database: "suite", name: "n" }, block);
      const sql =
        "SELECT count() AS n, uniq(s) AS s, sum(a) AS a, toString(max(q)) AS q, sum(l[1]) AS l FROM suite.n";
      expect(await engine().rows(sql)).toEqual([
        { n: String(rows), s: "100", a: "19999900000", q: "1291272085159.66861319", l: 19_999_900_000 },
      ]);
    });
  });
}

async function readAll(engine: Engine, sql: string, settings = {}): Promise<unknown[][]> {
  const columns: unknown[][] = [];
  for await (const block of engine.blocks(sql, { settings })) collect(columns, [block]);
  return columns;
}

function collect(columns: unknown[][], blocks: readonly NativeBlock[]): void {
  for (const block of blocks) {
    for (const [place, column] of block.columns.entries()) {
      columns[place] = [...(columns[place] ?? []), ...plainValues(column)];
    }
  }
}
