import { describe, expect, it } from "vitest";
import { compileProject } from "../../../src/compile/compile-project.js";
import { cutRelations } from "../../../src/compile/cut-relations.js";
import { recomputeSelect } from "../../../src/compile/recompute.js";
import { parseProject } from "../../../src/spec/parse-project.js";
import { readFiles, repository } from "../spec/project-files.js";

const catalog = compileProject(parseProject(readFiles(repository), {}, "/project"));

describe("recomputeSelect", () => {
  it("binds the backfill's text to a condition, for everything that is stored", () => {
    for (const object of catalog.objects) {
      const select = recomputeSelect(object, { where: "WHERE bucket_id = 1" });
      if (object.storage === undefined) {
        expect(select).toBeUndefined();
        continue;
      }
      expect(select).toMatch(/^WITH (?:buckets|closed) AS \(/);
      expect(select?.split("WHERE bucket_id = 1")).toHaveLength(2);
      expect(select).not.toContain(object.storage.table.name);
      expect(object.backfill?.endsWith(select?.split("WHERE bucket_id = 1")[1] ?? "-")).toBe(true);
    }
  });
});

describe("moments", () => {
  it("have tick sizes: no text looks a symbol up in another way", () => {
    for (const object of catalog.objects) {
      const select = recomputeSelect(object, { where: "", cuts: [] }) ?? "";
      expect(select).not.toMatch(/symbol = '/);
      expect(select.includes("splitByChar('/', toString(j.symbol))[1] = 'BTCUSDT'")).toBe(
        object.backfill?.includes("j.symbol = 'BTCUSDT'") ?? false,
      );
    }
  });
});

describe("cutRelations", () => {
  const cut = {
    table: { database: "d", name: "t" },
    select: (relation: string) => `SELECT * FROM ${relation} WHERE available_at <= 1`,
  };

  it("replaces every mention of the table, and moves FINAL inside", () => {
    expect(cutRelations("FROM `d`.`t` FINAL AS x JOIN `d`.`t`\nWHERE 1", [cut])).toBe(
      "FROM (SELECT * FROM `d`.`t` FINAL WHERE available_at <= 1) AS x JOIN (SELECT * FROM `d`.`t` WHERE available_at <= 1)\nWHERE 1",
    );
  });

  it("leaves other tables and columns alone", () => {
    const text = "SELECT `a`.`t` FROM `d`.`t2` FINAL, `d`.`u`";
    expect(cutRelations(text, [cut])).toBe(text);
  });
});
