import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FeatureError } from "../../../src/errors.js";
import type { Migration } from "../../../src/migrate/migration.js";
import { parseMigration, renderMigration } from "../../../src/migrate/migration-text.js";
import { nothingDeployed } from "../../../src/plan/deployed.js";
import { makePlans } from "../../../src/plan/plan.js";
import { type Step, stepKinds } from "../../../src/plan/step.js";
import { smallCatalog } from "../../support/small-catalog.js";

type MigrationSql = Omit<Migration, "records">;

const plans = makePlans(smallCatalog(), nothingDeployed);
const initial: MigrationSql = {
  name: "0002_initial",
  parent: "0001_raw_schema",
  class: "additive",
  steps: plans[1]?.steps ?? [],
};

describe("a migration file", () => {
  it("is what was reviewed", async () => {
    await expect(renderMigration(initial)).toMatchFileSnapshot("golden/0002_initial.sql");
  });

  it("is read back as it was written", () => {
    expect(parseMigration(renderMigration(initial), "x.sql")).toEqual(initial);
    const first: MigrationSql = { name: "0001_raw_schema", parent: "", class: "metadata", steps: [] };
    expect(parseMigration(renderMigration(first), "x.sql")).toEqual(first);
  });

  it("has no blank at the end of a line that we write, for editors drop it", () => {
    const lines = renderMigration({ ...initial, parent: "" }).split("\n");
    expect(lines.filter((line) => line.startsWith("-- ") && line.endsWith(" "))).toEqual([]);
  });

  it("survives a change of the ends of lines", () => {
    const text = renderMigration(initial).replaceAll("\n", "\r\n");
    expect(parseMigration(text, "x.sql")).toEqual(initial);
  });

  it("keeps whatever a statement holds, headers of other steps included", () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom(
        "",
        ";",
        " ",
        "-- step 2: create_table d.t",
        "-- lines: 3",
        "-- kind: check",
        "'",
        "/* chunk */",
      ),
    );
    const sql = fc
      .array(line, { minLength: 1, maxLength: 6 })
      .map((lines) => lines.join("\n").replaceAll("\r", ""));
    const word = fc.stringMatching(/^[a-z_.: ]{0,12}[a-z]$/);
    const name = fc.option(
      fc.record({ database: fc.stringMatching(/^[a-z.]{1,8}$/), name: fc.stringMatching(/^[a-z_]{1,8}$/) }),
      { nil: undefined },
    );
    const step: fc.Arbitrary<Step> = fc.record(
      {
        name: word,
        kind: fc.constantFrom(...stepKinds),
        object: word,
        target: name,
        buckets: name,
        whole: sql,
        sql,
        reverse: fc.option(sql, { nil: undefined }),
      },
      { requiredKeys: ["name", "kind", "object", "target", "buckets", "sql", "reverse"] },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 5 }), (steps) => {
        const migration = { ...initial, steps };
        expect(parseMigration(renderMigration(migration), "x.sql")).toEqual(migration);
      }),
    );
  });

  it("names the line where it cannot be read", () => {
    const text = renderMigration(initial);
    const lines = text.split("\n");
    const broken = (index: number, line: string): FeatureError => {
      const edited = lines.map((old, at) => (at === index ? line : old)).join("\n");
      try {
        parseMigration(edited, "m.sql");
      } catch (error) {
        if (error instanceof FeatureError) return error;
      }
      throw new Error("it was read");
    };
    expect(broken(0, "hello")).toMatchObject({
      code: "FS_MIGRATION_SYNTAX",
      message: 'found "hello", expected -- migration: …',
      at: { file: "m.sql", line: 1 },
    });
    expect(broken(2, "-- class: huge").message).toContain("found class huge, expected one of metadata");
    expect(broken(3, "-- steps: 99").message).toContain("found the end of the file");
    const count = lines.findIndex((line) => line.startsWith("-- lines: "));
    expect(broken(count, "-- lines: 1").at).toEqual({ file: "m.sql", line: count + 3 });
    expect(() => parseMigration(`${text}SELECT 1`, "m.sql")).toThrow("SELECT 1");
  });
});
