import { describe, expect, it } from "vitest";
import { bucketsName, clockTables } from "../../../src/schema/clock-tables.js";
import { sourceTables } from "../../../src/schema/layout.js";
import type { Table } from "../../../src/schema/object.js";
import { rawTables } from "../../../src/schema/raw-tables.js";
import { renderCreate } from "../../../src/schema/render.js";
import { sourceNames } from "../../../src/spec/model.js";
import { smallProject } from "../../support/small-catalog.js";

const project = smallProject();
const raw = rawTables(project);
const clock = clockTables(project);
const names = (tables: readonly Table[], database: string): string[] =>
  tables.filter((table) => table.database === database).map((table) => table.name);

describe("the raw schema", () => {
  it("has every table of both sides", () => {
    expect(names(raw, "raw")).toEqual([
      "instruments",
      ...sourceNames,
      "hot_orderbooks",
      "hot_tickers",
      "hot_trades",
      "ingest_rejects",
      "ingest_files",
      "late_trades",
    ]);
    expect(names(raw, "cold")).toEqual([
      ...sourceNames,
      "cold_orderbooks",
      "cold_tickers",
      "cold_trades",
      "archive_status",
    ]);
    expect(sourceTables).toEqual(sourceNames);
  });

  it("has the instrument in every key, and three times in every row of the market", () => {
    for (const table of raw.filter((item) => item.columns.some((column) => column.name === "timestamp"))) {
      expect(table.orderBy.slice(0, 4), table.name).toEqual([
        "exchange",
        "market_type",
        "symbol",
        "timestamp",
      ]);
      const columns = new Map(table.columns.map((column) => [column.name, column.type]));
      for (const time of ["timestamp", "available_at", "ingested_at"])
        expect(columns.get(time), table.name).toBe("DateTime64(3, 'UTC')");
    }
  });

  it("counts retention from when a row was stored, and keeps the cold side for good", () => {
    for (const table of [...raw, ...clock]) {
      if (table.ttl === undefined) continue;
      expect(table.ttl, table.name).toMatch(
        /^toDateTime\((ingested|created|closed|noted)_at\) \+ toIntervalSecond\(\d+\)$/,
      );
    }
    expect(raw.filter((table) => table.database === "cold" && table.ttl !== undefined)).toEqual([]);
    const forever = rawTables({ ...project, retention: { rawMs: undefined, featuresMs: undefined } });
    expect(forever.filter((table) => table.ttl !== undefined)).toEqual([]);
  });

  it("leaves out what someone else owns, and takes a name with a database", () => {
    const { trades, orderbooks } = project.sources;
    const tables = rawTables({
      ...project,
      sources: {
        ...project.sources,
        trades: { ...trades, table: "other.trades", external: true },
        orderbooks: { ...orderbooks, table: "elsewhere.books" },
      },
    });
    expect(names(tables, "raw")).not.toContain("trades");
    expect(names(tables, "cold")).toContain("trades");
    expect(names(tables, "elsewhere")).toEqual(["books"]);
  });

  it("is what was reviewed", async () => {
    const text = [...raw, ...clock].map((table) => `${renderCreate(table)};\n`).join("\n");
    await expect(text).toMatchFileSnapshot("golden/tables.sql");
  });
});

describe("the tables of a clock", () => {
  it("bear the clock's name, the main one's apart", () => {
    expect(bucketsName(project, "ubt").name).toBe("unified_buckets");
    expect(bucketsName(project, "flow").name).toBe("buckets_flow");
    const two = clockTables({ ...project, clocks: { ubt: {}, flow: {} } });
    expect(two.map((table) => table.name).slice(0, 2)).toEqual(["unified_buckets", "buckets_flow"]);
  });
});

it("every stored table remembers the tokens of inserts, so that a retry is one insert", () => {
  for (const table of [...raw, ...clock])
    expect(table.settings?.non_replicated_deduplication_window, table.name).toBeGreaterThan(0);
});
