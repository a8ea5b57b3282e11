import { describe, expect, it } from "vitest";
import { formatQuery, readObjects } from "../../../src/engine/introspect.js";
import type { GetSubject } from "./subject.js";

/** What stands in the database, as values. */
export function describeIntrospection(subject: GetSubject): void {
  const engine = () => subject().engine;

  describe("introspection", () => {
    it("reads tables, views and materialized views as values", async () => {
      await engine().execute("CREATE DATABASE shop ENGINE = Atomic");
      await engine().execute(`
        CREATE TABLE shop.\`odd name\` (
          a UInt64 COMMENT 'it''s' CODEC(Delta(8), ZSTD(3)),
          s LowCardinality(String) DEFAULT 'x(, y',
          t DateTime64(3, 'UTC'),
          j String ALIAS concat(s, ' TTL ORDER BY '),
          m UInt8 MATERIALIZED 1,
          INDEX by_s s TYPE bloom_filter(0.01) GRANULARITY 4
        ) ENGINE = ReplacingMergeTree(a)
        PARTITION BY (toYYYYMM(t), s) PRIMARY KEY a ORDER BY (a, concat(s, ','), t)
        TTL toDateTime(t) + INTERVAL 7 DAY
        SETTINGS non_replicated_deduplication_window = 100, storage_policy = 'default'
        COMMENT 'with ORDER BY (x)'`);
      await engine().execute("CREATE TABLE shop.gate (a UInt64) ENGINE = Null");
      await engine().execute(
        "CREATE MATERIALIZED VIEW shop.`m-v` TO shop.`odd name` AS SELECT a, ' TO x.y ' AS s FROM shop.gate COMMENT 'mv'",
      );
      await engine().execute("CREATE VIEW shop.v AS SELECT a FROM shop.`odd name` FINAL COMMENT 'latest'");
      const database = "shop";
      expect(await readObjects(engine(), ["shop", "not there"])).toEqual([
        {
          kind: "table",
          database,
          name: "gate",
          engine: "Null",
          columns: [{ name: "a", type: "UInt64" }],
          orderBy: [],
        },
        {
          kind: "materialized_view",
          database,
          name: "m-v",
          to: { database, name: "odd name" },
          select: "SELECT a, ' TO x.y ' AS s FROM shop.gate",
          comment: "mv",
        },
        {
          kind: "table",
          database,
          name: "odd name",
          engine: "ReplacingMergeTree(a)",
          columns: [
            { name: "a", type: "UInt64", codec: "Delta(8), ZSTD(3)", comment: "it's" },
            {
              name: "s",
              type: "LowCardinality(String)",
              default: { kind: "DEFAULT", expression: "'x(, y'" },
            },
            { name: "t", type: "DateTime64(3, 'UTC')" },
            {
              name: "j",
              type: "String",
              default: { kind: "ALIAS", expression: "concat(s, ' TTL ORDER BY ')" },
            },
            { name: "m", type: "UInt8", default: { kind: "MATERIALIZED", expression: "1" } },
          ],
          orderBy: ["a", "concat(s, ',')", "t"],
          partitionBy: "(toYYYYMM(t), s)",
          ttl: "toDateTime(t) + toIntervalDay(7)",
          settings: { non_replicated_deduplication_window: 100, storage_policy: "default" },
          indexes: [{ name: "by_s", expression: "s", type: "bloom_filter(0.01)", granularity: 4 }],
          comment: "with ORDER BY (x)",
        },
        {
          kind: "view",
          database,
          name: "v",
          select: "SELECT a FROM shop.`odd name` FINAL",
          comment: "latest",
        },
      ]);
      await engine().execute("DROP DATABASE shop SYNC");
      expect(await readObjects(engine(), ["shop"])).toEqual([]);
      expect(await readObjects(engine(), [])).toEqual([]);
    });

    it("brings statements into the engine's normal form", async () => {
      expect(await formatQuery(engine(), "select 1\n as `a`,  b.c from `x` where a=1")).toBe(
        "SELECT 1 AS a, b.c FROM x WHERE a = 1",
      );
      await expect(formatQuery(engine(), "selec 1")).rejects.toThrow("SYNTAX_ERROR");
    });
  });
}
