import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { engineErrorType } from "../../../src/engine/failure.js";
import { failure, type GetSubject, makeTable, value } from "./subject.js";

/** Every failure is a typed error with the engine's words. */
export function describeErrors(subject: GetSubject): void {
  const engine = () => subject().engine;
  const folder = () => subject().folder;

  describe("errors", () => {
    it("keep ClickHouse's type and the first line, and the statement as cause", async () => {
      const error = await failure(engine().execute("SELECT throwIf(1, 'first\nsecond')"));
      expect(error.code).toBe("FS_ENGINE_QUERY");
      expect(error.message).toMatch(/^ClickHouse: FUNCTION_THROW_IF_VALUE_IS_NON_ZERO \(395\): first$/);
      expect(engineErrorType(error)).toBe("FUNCTION_THROW_IF_VALUE_IS_NON_ZERO");
      expect(String(error.cause)).toContain("throwIf(1");
    });

    it("name the place of a syntax error", async () => {
      const error = await failure(
        engine().execute("CREATE TABLE suite.x (a UInt8 CODEC(ZSTD) COMMENT 'c') ENGINE = Null"),
      );
      expect(error.message).toMatch(/^ClickHouse: SYNTAX_ERROR \(62\): .*, at: COMMENT 'c'\) ENGINE = Null$/);
    });

    it("are the same in rows, streams, exports, inserts and loads", async () => {
      await makeTable(engine(), "a UInt64");
      const drain = async () => {
        for await (const block of engine().blocks("SELECT * FROM suite.nothing"))
          expect(block).toBeUndefined();
      };
      const block = { rows: 1, columns: [{ name: "b", type: "UInt8", values: [1] }] };
      const path = join(folder(), "numbers.csv");
      writeFileSync(path, "1\n");
      const errors = await Promise.all([
        failure(engine().rows("SELECT * FROM suite.nothing")),
        failure(drain()),
        failure(engine().exportTo(join(folder(), "out.csv"), "CSV", "SELECT * FROM suite.nothing")),
        failure(engine().insert({ database: "suite", name: "nothing" }, block)),
        failure(
          engine().load("INSERT INTO suite.nothing SELECT a FROM {file}", {
            path,
            format: "CSV",
            structure: "a UInt8",
          }),
        ),
      ]);
      expect(errors.map((error) => [error.code, engineErrorType(error)])).toEqual(
        errors.map(() => ["FS_ENGINE_QUERY", "UNKNOWN_TABLE"]),
      );
      const wrong = await failure(engine().insert({ database: "suite", name: "t" }, block));
      expect(engineErrorType(wrong)).toBe("NO_SUCH_COLUMN_IN_TABLE");
    });

    it("reach the reader of a stream that fails after its first blocks", async () => {
      let rows = 0;
      const read = async () => {
        const sql = "SELECT number, throwIf(number = 2500000, 'late\nfailure') FROM numbers(4000000)";
        for await (const block of engine().blocks(sql, { settings: { max_threads: 1 } })) rows += block.rows;
      };
      const error = await failure(read());
      expect(error.message).toBe("ClickHouse: FUNCTION_THROW_IF_VALUE_IS_NON_ZERO (395): late");
      expect(rows).toBeGreaterThan(0);
      expect(await value(engine(), "SELECT 1 AS x")).toBe(1);
    });
  });
}
