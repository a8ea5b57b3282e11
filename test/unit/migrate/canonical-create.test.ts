import { describe, expect, it } from "vitest";
import { canonicalCreate } from "../../../src/migrate/canonical-create.js";

describe("canonicalCreate", () => {
  it("drops what the engine adds to a table", () => {
    expect(
      canonicalCreate(
        "CREATE TABLE d.t (`a` DateTime CODEC(Delta(4), ZSTD(1))) ENGINE = MergeTree ORDER BY a SETTINGS x = 1, index_granularity = 8192 COMMENT 'c'",
      ),
    ).toBe(
      canonicalCreate(
        "CREATE TABLE IF NOT EXISTS d.t (`a` DateTime CODEC(Delta, ZSTD(1))) ENGINE = MergeTree ORDER BY a SETTINGS x = 1 COMMENT 'c'",
      ),
    );
    expect(
      canonicalCreate(
        "CREATE TABLE d.t (`a` UInt8) ENGINE = MergeTree ORDER BY a SETTINGS index_granularity = 8192",
      ),
    ).toBe("CREATE TABLE d.t (`a` UInt8) ENGINE = MergeTree ORDER BY a");
  });

  it("gives functions of queries the names that the engine stores them under", () => {
    const view = (call: string): string => `CREATE VIEW d.v AS SELECT ${call} OVER w AS m FROM d.t`;
    expect(canonicalCreate(view("first_value(a)"))).toBe(canonicalCreate(view("any(a)")));
    expect(canonicalCreate(view("VAR_POP(a)"))).toBe(canonicalCreate(view("varPop(a)")));
  });

  it("drops the columns of views, whatever their names and types", () => {
    const select = "COMMENT 'c' AS SELECT (1 + 2) AS `a)`";
    expect(canonicalCreate(`CREATE VIEW d.v (\`a)\` Enum8(')' = 1) COMMENT '\\')') ${select}`)).toBe(
      `CREATE VIEW d.v ${select}`,
    );
    expect(canonicalCreate(`CREATE MATERIALIZED VIEW d.\`m v\` TO d.t (\`a)\` UInt8) ${select}`)).toBe(
      `CREATE MATERIALIZED VIEW d.\`m v\` TO d.t ${select}`,
    );
    expect(canonicalCreate(`CREATE OR REPLACE VIEW d.v ${select}`)).toBe(`CREATE VIEW d.v ${select}`);
  });

  it("drops a WITH that the engine repeats in the parts of a UNION, and keeps one of its own", () => {
    const part = "SELECT * FROM b WHERE x IN (SELECT y FROM c)";
    const repeated = `WITH b AS (SELECT ' SELECT ' AS x) ${part}`;
    expect(
      canonicalCreate(`CREATE VIEW d.v AS ${repeated} UNION ALL ${repeated} UNION ALL ${repeated}`),
    ).toBe(`CREATE VIEW d.v AS ${repeated} UNION ALL ${part} UNION ALL ${part}`);
    const own = `CREATE VIEW d.v AS ${repeated} UNION ALL WITH b AS (SELECT 2 AS x) ${part}`;
    expect(canonicalCreate(own)).toBe(own);
  });
});
