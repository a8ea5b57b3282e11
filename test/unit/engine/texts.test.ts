import { describe, expect, it } from "vitest";
import { parseSettings, parseTarget, splitEngine, splitList } from "../../../src/engine/create-text.js";
import { engineErrorType, queryError } from "../../../src/engine/failure.js";
import { embeddedFile, loadText, serverFile } from "../../../src/engine/load-text.js";
import { blocksText, commandText, resultText, rowsText } from "../../../src/engine/statement.js";

describe("texts of statements", () => {
  it("put settings behind a command, where each kind takes them", () => {
    const settings = { a: 1, b: "it's" };
    expect(commandText("SELECT 1 ;\n")).toBe("SELECT 1");
    expect(commandText("-- note\n/* more */ INSERT INTO t SELECT 1", settings)).toBe(
      "-- note\n/* more */ INSERT INTO t SELECT 1\nSETTINGS `a` = 1, `b` = 'it\\'s'",
    );
    expect(commandText("CREATE TABLE t (a UInt8) ENGINE = Null", settings)).toBe(
      "CREATE TABLE t (a UInt8) ENGINE = Null\nFORMAT Null\nSETTINGS `a` = 1, `b` = 'it\\'s'",
    );
  });

  it("name the format of a result", () => {
    expect(rowsText("SELECT 1 -- x", { c: 1 })).toMatch(
      /^SELECT 1 -- x\nFORMAT `JSONEachRow`\nSETTINGS .*`c` = 1$/,
    );
    expect(blocksText("SELECT 1")).toBe("SELECT 1\nFORMAT `Native`");
    expect(resultText("SELECT 1", "CSV", {}, "INTO OUTFILE 'x'")).toBe(
      "SELECT 1\nINTO OUTFILE 'x'\nFORMAT `CSV`",
    );
  });

  it("fill the file of a load in", () => {
    const file = { path: "/a/b's.csv", format: "CSV", structure: "a Enum8('$&' = 1)" };
    const sql = "INSERT INTO t SELECT {line}, a FROM {file}";
    expect(loadText(sql, embeddedFile("/tmp/1", file))).toBe(
      "INSERT INTO t SELECT (_row_number + 1), a FROM file('/tmp/1', 'CSV', 'a Enum8(\\'$&\\' = 1)')",
    );
    expect(loadText(sql, serverFile(file))).toBe(
      "INSERT INTO t SELECT (rowNumberInAllBlocks() + 1), a FROM input('a Enum8(\\'$&\\' = 1)')",
    );
    expect(() => loadText("INSERT INTO t SELECT 1", serverFile(file))).toThrow("{file}");
    expect(() => serverFile({ path: "x", format: "CSV" })).toThrow("structure");
  });
});

describe("texts that ClickHouse shows", () => {
  it("cuts an engine into its clauses", () => {
    expect(
      splitEngine(
        "ReplacingMergeTree(v, ' ORDER BY ') PARTITION BY toYYYYMM(t) PRIMARY KEY a ORDER BY (a, `ORDER BY x`) SAMPLE BY a TTL t + toIntervalDay(7) SETTINGS a = 1",
      ),
    ).toEqual({
      engine: "ReplacingMergeTree(v, ' ORDER BY ')",
      "PARTITION BY": "toYYYYMM(t)",
      "PRIMARY KEY": "a",
      "ORDER BY": "(a, `ORDER BY x`)",
      "SAMPLE BY": "a",
      TTL: "t + toIntervalDay(7)",
      SETTINGS: "a = 1",
    });
    expect(splitEngine("`Null`")).toEqual({ engine: "Null" });
  });

  it("cuts lists and settings", () => {
    expect(splitList("a, f(b, ','), `c,d`, 'it\\'s, so', [1, 2]")).toEqual([
      "a",
      "f(b, ',')",
      "`c,d`",
      "'it\\'s, so'",
      "[1, 2]",
    ]);
    expect(splitList("")).toEqual([]);
    expect(parseSettings("index_granularity = 8192, storage_policy = 'a = b, c', x = -0.5")).toEqual({
      index_granularity: 8192,
      storage_policy: "a = b, c",
      x: -0.5,
    });
  });

  it("finds the target of a materialized view", () => {
    expect(parseTarget("CREATE MATERIALIZED VIEW d.m TO d.t (`a` UInt8) AS SELECT 1")).toEqual({
      database: "d",
      name: "t",
    });
    expect(
      parseTarget("CREATE MATERIALIZED VIEW `a b`.`m TO x.y` REFRESH EVERY 1 HOUR TO d.`t\\`1` AS SELECT 1"),
    ).toEqual({ database: "d", name: "t`1" });
    expect(
      parseTarget("CREATE MATERIALIZED VIEW d.m (`a` UInt8) ENGINE = MergeTree AS SELECT ' TO a.b '"),
    ).toBeUndefined();
  });
});

describe("engine failures", () => {
  const thrown = new Error(
    "Code: 60. DB::Exception: Table d.t does not exist: secret\nstack. (UNKNOWN_TABLE)",
  );

  it("keep type, code and first line, and hide what must not show", () => {
    const error = queryError(thrown, "SELECT secret", { secret: "***" });
    expect(error).toMatchObject({ code: "FS_ENGINE_QUERY", exit: 1 });
    expect(error.message).toBe("ClickHouse: UNKNOWN_TABLE (60): Table d.t does not exist: ***");
    expect(String(error.cause)).toBe("Error: Statement: SELECT ***");
    expect(engineErrorType(error)).toBe("UNKNOWN_TABLE");
    expect(queryError(error, "again")).toBe(error);
  });

  it("take anything that is thrown", () => {
    expect(queryError("words", "x").message).toBe("ClickHouse: words");
    expect(engineErrorType("words")).toBeUndefined();
    expect(queryError(new Error("y".repeat(2000)), "x").message.length).toBeLessThan(700);
  });
});
