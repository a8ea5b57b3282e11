import { describe, expect, it } from "vitest";
import { statementKind } from "../../../src/cli/sql-statement.js";

describe("statementKind", () => {
  it.each([
    ["SELECT 1", "query"],
    ["  -- a comment\n select 1;", "query"],
    ["/* x */ (SELECT 1) UNION ALL (SELECT 2)", "query"],
    ["WITH 1 AS x SELECT x", "query"],
    ["FROM numbers(3) SELECT *", "query"],
    ["SELECT 'DROP TABLE x; INTO OUTFILE' AS format", "query"],
    ["SELECT format FROM t", "query"],
    ["SHOW TABLES", "inspection"],
    ["DESC t", "inspection"],
    ["EXPLAIN SELECT 1", "inspection"],
    ["EXISTS TABLE t", "inspection"],
    ["INSERT INTO t SELECT 1", "change"],
    ["WITH 1 AS x INSERT INTO t SELECT x", "change"],
    ["DROP TABLE t", "change"],
    ["SET max_threads = 1", "change"],
  ])("%s is a %s", (sql, kind) => {
    expect(statementKind(sql)).toBe(kind);
  });

  it.each([
    ["", "found none"],
    [";", "found none"],
    ["SELECT 1; DROP TABLE t", "found several"],
    ["SELECT 1 INTO OUTFILE 'x'", "INTO OUTFILE"],
    ["SELECT 1 FORMAT CSV", "FORMAT"],
    ["SELECT 1 FORMAT CSV;", "FORMAT"],
    ["SELECT 'x", "cannot be read"],
  ])("refuses %j", (sql, words) => {
    expect(() => statementKind(sql)).toThrow(words);
  });
});
