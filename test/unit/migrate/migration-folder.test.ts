import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FeatureError, Findings } from "../../../src/errors.js";
import { type Migration, nameMigration } from "../../../src/migrate/migration.js";
import { readMigrations, removeMigration, writeMigrations } from "../../../src/migrate/migration-folder.js";
import { pendingMigrations } from "../../../src/migrate/pending.js";
import { nothingDeployed } from "../../../src/plan/deployed.js";
import { makePlans } from "../../../src/plan/plan.js";
import type { Revision } from "../../../src/registry/revision.js";
import { smallCatalog } from "../../support/small-catalog.js";

const three: Migration[] = [
  ...makePlans(smallCatalog(), nothingDeployed),
  ...makePlans(smallCatalog(), nothingDeployed),
]
  .slice(0, 3)
  .map((plan, index) => ({
    name: nameMigration(index + 1, plan.slug),
    parent: "",
    class: "additive",
    steps: plan.steps,
    records: plan.records,
  }));

let folder: string;
const path = (name: string): string => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "prism-migrations-"));
  writeMigrations(folder, three);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** `CODE file` of all that is found. */
function findings(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    const all =
      error instanceof Findings ? error.findings : error instanceof FeatureError ? [error] : undefined;
    if (all === undefined) throw error;
    return all.map((found) => `${found.code} ${found.at?.file.slice(folder.length + 1) ?? found.object}`);
  }
  return [];
}
const read = (): string[] => findings(() => readMigrations(folder));

describe("the folder", () => {
  it("gives back what was written, and nothing where there is none", () => {
    expect(readMigrations(folder).map(({ hash, ...migration }) => migration)).toEqual(three);
    expect(new Set(readMigrations(folder).map(({ hash }) => hash)).size).toBe(3);
    expect(readMigrations(path("nothing"))).toEqual([]);
  });

  it("holds plain files and their checksums, and nothing else", () => {
    expect(readdirSync(folder)).toEqual([
      "0001_raw_schema.sql",
      "0001_raw_schema.versions.json",
      "0002_initial.sql",
      "0002_initial.versions.json",
      "0003_raw_schema.sql",
      "0003_raw_schema.versions.json",
      "checksums.json",
    ]);
  });

  it("does not mind other ends of lines", () => {
    const before = readMigrations(folder);
    for (const name of readdirSync(folder))
      writeFileSync(path(name), readFileSync(path(name), "utf8").replaceAll("\n", "\r\n"));
    expect(readMigrations(folder)).toEqual(before);
  });

  it("finds an edited file, of either kind", () => {
    writeFileSync(path("0002_initial.sql"), `${readFileSync(path("0002_initial.sql"), "utf8")} `);
    writeFileSync(path("0001_raw_schema.versions.json"), "{}");
    expect(read()).toEqual([
      "FS_MIGRATION_EDITED 0001_raw_schema.versions.json",
      "FS_MIGRATION_EDITED 0002_initial.sql",
    ]);
  });

  it("finds a missing file and the gap that it leaves", () => {
    rmSync(path("0002_initial.sql"));
    expect(read()).toEqual(["FS_MIGRATION_GAP 0003_raw_schema.sql", "FS_MIGRATION_MISSING 0002_initial.sql"]);
  });

  it("finds the last file missing, which leaves no gap", () => {
    rmSync(path("0003_raw_schema.sql"));
    expect(read()).toEqual(["FS_MIGRATION_MISSING 0003_raw_schema.sql"]);
  });

  it("finds two files with one number, and a file that was never listed", () => {
    copyFileSync(path("0002_initial.sql"), path("0002_other.sql"));
    writeFileSync(path("notes.sql"), "SELECT 1");
    expect(read()).toEqual([
      "FS_MIGRATION_DUPLICATE 0002_other.sql",
      "FS_MIGRATION_UNLISTED 0002_other.sql",
      "FS_MIGRATION_UNLISTED notes.sql",
    ]);
  });

  it("finds a renamed file", () => {
    renameSync(path("0003_raw_schema.sql"), path("0003_better_name.sql"));
    expect(read()).toEqual([
      "FS_MIGRATION_UNLISTED 0003_better_name.sql",
      "FS_MIGRATION_MISSING 0003_raw_schema.sql",
    ]);
  });

  it("says what it cannot read", () => {
    writeFileSync(path("checksums.json"), "junk");
    expect(read()).toEqual(["FS_MIGRATION_SYNTAX checksums.json"]);
    writeFileSync(path("checksums.json"), '{"schema":"feature.checksums/9","files":{}}');
    expect(read()).toEqual(["FS_MIGRATION_SYNTAX checksums.json"]);
  });

  it("finishes a write that was cut off after the checksums, and forgets one that was cut off before", () => {
    const before = readMigrations(folder);
    renameSync(path("0003_raw_schema.sql"), path("0003_raw_schema.sql.tmp"));
    writeFileSync(path("0004_next.sql.tmp"), "half a fi");
    expect(readMigrations(folder)).toEqual(before);
    expect(existsSync(path("0004_next.sql.tmp"))).toBe(false);
  });

  it("gives up its last migration", () => {
    removeMigration(folder, "0003_raw_schema");
    expect(readMigrations(folder).map(({ name }) => name)).toEqual(["0001_raw_schema", "0002_initial"]);
  });
});

describe("what is pending", () => {
  const revision = (index: number, more: Partial<Revision> = {}): Revision => ({
    id: index + 1,
    parent: index,
    kind: "apply",
    migration: three[index]?.name ?? "",
    planHash: readMigrations(folder)[index]?.hash ?? "",
    live: [],
    chain: "",
    state: "applied",
    error: "",
    toolVersion: "",
    startedAt: "",
    finishedAt: null,
    ...more,
  });
  const pending = (revisions: readonly Revision[]): string[] =>
    pendingMigrations(readMigrations(folder), revisions).map(({ name }) => name);

  it("is what was not applied to the end", () => {
    expect(pending([])).toHaveLength(3);
    expect(pending([revision(0), revision(1, { state: "failed" })])).toEqual([
      "0002_initial",
      "0003_raw_schema",
    ]);
    expect(pending([0, 1, 2].map((index) => revision(index)))).toEqual([]);
  });

  it("is refused when the files are not those that were applied", () => {
    expect(findings(() => pending([revision(0, { planHash: "other" })]))).toEqual([
      "FS_MIGRATION_EDITED 0001_raw_schema",
    ]);
    expect(findings(() => pending([revision(0, { migration: "0001_gone" })]))).toEqual([
      "FS_MIGRATION_MISSING 0001_gone",
      "FS_MIGRATION_ORDER 0001_raw_schema",
    ]);
    expect(findings(() => pending([revision(0), revision(2)]))).toEqual(["FS_MIGRATION_ORDER 0002_initial"]);
  });
});
