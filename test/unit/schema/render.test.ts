import { describe, expect, it } from "vitest";
import type { MaterializedView, Table, View } from "../../../src/schema/object.js";
import { renderComment, renderCreate, renderDrop } from "../../../src/schema/render.js";

const table: Table = {
  kind: "table",
  database: "d",
  name: "odd`name",
  columns: [
    { name: "key", type: "LowCardinality(String)" },
    {
      name: "at",
      type: "DateTime64(3, 'UTC')",
      default: { kind: "DEFAULT", expression: "now64(3, 'UTC')" },
      codec: "Delta, ZSTD(1)",
      comment: "it's when",
    },
    { name: "text", type: "String", default: { kind: "ALIAS", expression: "toString(at)" } },
  ],
  engine: "ReplacingMergeTree(v)",
  orderBy: ["key", "at"],
  partitionBy: "toYYYYMM(at)",
  ttl: "toDateTime(at) + toIntervalSecond(60)",
  settings: { non_replicated_deduplication_window: 100, storage_policy: "default" },
  indexes: [{ name: "by_at", expression: "at", type: "minmax", granularity: 4 }],
  comment: "A table",
};
const trigger: MaterializedView = {
  kind: "materialized_view",
  database: "d",
  name: "t__mv",
  to: { database: "e", name: "t" },
  select: "SELECT 1 AS a\nFROM d.s",
};
const view: View = { kind: "view", database: "d", name: "v", select: "SELECT 1 AS a", comment: "One" };

describe("renderCreate", () => {
  it("writes every part of a table in the order that the engine reads", () => {
    expect(renderCreate(table)).toBe(
      [
        "CREATE TABLE `d`.`odd\\`name`",
        "(",
        "    `key` LowCardinality(String),",
        "    `at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'it\\'s when' CODEC(Delta, ZSTD(1)),",
        "    `text` String ALIAS toString(at),",
        "    INDEX `by_at` at TYPE minmax GRANULARITY 4",
        ")",
        "ENGINE = ReplacingMergeTree(v)",
        "PARTITION BY toYYYYMM(at)",
        "ORDER BY (key, at)",
        "TTL toDateTime(at) + toIntervalSecond(60)",
        "SETTINGS non_replicated_deduplication_window = 100, storage_policy = 'default'",
        "COMMENT 'A table'",
      ].join("\n"),
    );
  });

  it("leaves out what an object does not have", () => {
    const bare: Table = {
      ...view,
      kind: "table",
      columns: [{ name: "a", type: "UInt8" }],
      engine: "Null",
      orderBy: [],
    };
    expect(renderCreate({ ...bare, comment: "" }, { ifNotExists: true })).toBe(
      "CREATE TABLE IF NOT EXISTS `d`.`v`\n(\n    `a` UInt8\n)\nENGINE = Null",
    );
  });

  it("writes triggers and views around their SELECT as it is given", () => {
    expect(renderCreate(trigger)).toBe(
      "CREATE MATERIALIZED VIEW `d`.`t__mv` TO `e`.`t` AS\nSELECT 1 AS a\nFROM d.s",
    );
    expect(renderCreate(view, { orReplace: true })).toBe(
      "CREATE OR REPLACE VIEW `d`.`v` AS\nSELECT 1 AS a\nCOMMENT 'One'",
    );
  });

  it("refuses to replace what holds or moves rows", () => {
    expect(() => renderCreate(table, { orReplace: true })).toThrow("never replaced");
    expect(() => renderCreate(trigger, { orReplace: true })).toThrow("never replaced");
  });
});

describe("the other statements", () => {
  it("drop by the object's kind", () => {
    expect(renderDrop(trigger)).toBe("DROP VIEW IF EXISTS `d`.`t__mv`");
    expect(renderDrop(table)).toBe("DROP TABLE IF EXISTS `d`.`odd\\`name`");
  });

  it("comment, also with nothing", () => {
    expect(renderComment(view)).toBe("ALTER TABLE `d`.`v` MODIFY COMMENT 'One'");
    expect(renderComment(trigger)).toBe("ALTER TABLE `d`.`t__mv` MODIFY COMMENT ''");
  });
});
