import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import { asof } from "../../../src/compile/kysely/asof.js";
import { ClickHouseAdapter } from "../../../src/compile/kysely/clickhouse-adapter.js";
import { compileSelect } from "../../../src/compile/kysely/compiled-select.js";
import { parameterType } from "../../../src/compile/kysely/parameter-type.js";
import { queryBuilder } from "../../../src/compile/kysely/query-builder.js";
import { table } from "../../../src/compile/kysely/table.js";
import { dialectQueries } from "../../support/dialect-queries.js";

describe("the ClickHouse dialect", () => {
  it.each(dialectQueries.map((query) => [query.name, query] as const))("%s", (_, query) => {
    const compiled = compileSelect(query.build(queryBuilder()));
    expect(compiled.sql).toBe(query.text);
    expect(compiled.params).toEqual(query.params);
  });

  it.each<[unknown, string]>([
    ["", "String"],
    [false, "Bool"],
    [0, "Int64"],
    [-0.5, "Float64"],
    [2 ** 53, "Float64"],
    [Number.NaN, "Float64"],
    [-(2n ** 63n), "Int64"],
    [2n ** 63n, "UInt64"],
    [2n ** 64n, "Int256"],
    [-(2n ** 63n) - 1n, "Int256"],
    [["a", "b"], "Array(String)"],
    [[1, 2], "Array(Int64)"],
    [[1, 2.5], "Array(Float64)"],
  ])("takes %s for %s", (value, type) => {
    expect(parameterType(value)).toBe(type);
  });

  it.each([[null], [undefined], [new Date(0)], [[]], [[1, "a"]], [{ a: 1 }]])(
    "refuses to guess %s",
    (value) => {
      expect(() => parameterType(value)).toThrow(/without naming its ClickHouse type/);
    },
  );

  it("makes only inner and left joins as of", () => {
    const one = { database: "d", name: "t" };
    const query = () =>
      queryBuilder()
        .selectFrom(table<{ x: number }, "a">(one, "a"))
        .fullJoin(table<{ x: number }, "b">(one, "b"), (join) => asof(join.onRef("a.x", "=", "b.x")));
    expect(query).toThrow("FullJoin");
  });

  it("says that Kysely's migrator is not for it", async () => {
    const adapter = new ClickHouseAdapter();
    await expect(adapter.acquireMigrationLock()).rejects.toThrow("src/migrate/");
    await adapter.releaseMigrationLock();
    expect([adapter.supportsReturning, adapter.supportsTransactionalDdl]).toEqual([false, false]);
  });

  it("builds without a database, and has none to look into", () => {
    expect(() => queryBuilder().introspection).toThrow("no database");
    expect(sql`select ${1}`.compile(queryBuilder()).sql).toBe("select {p0:Int64}");
  });
});
