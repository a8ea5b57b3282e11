/** Applying twice is nothing to do, for every spec of the corpus and for the stock project: the same tests on every engine. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileProject } from "../../../src/compile/compile-project.js";
import type { Engine } from "../../../src/engine/port.js";
import { applyProject } from "../../../src/migrate/apply.js";
import { readMigrations } from "../../../src/migrate/migration-folder.js";
import { diffTarget } from "../../../src/migrate/plan-diff.js";
import { isDone } from "../../../src/migrate/probe.js";
import type { ProjectSpecs } from "../../../src/spec/model.js";
import { parseProject } from "../../../src/spec/parse-project.js";
import { type CorpusProject, specCorpus } from "../../support/spec-corpus.js";
import { readFiles, repository } from "../../unit/spec/project-files.js";

const foreignTable = `CREATE TABLE elsewhere.ticks (
  exchange String, market_type String, symbol String, trade_id UInt64, timestamp DateTime64(3, 'UTC'),
  px Decimal(38, 18), qty Decimal(38, 18), side String
) ENGINE = MergeTree ORDER BY (exchange, market_type, symbol, timestamp)`;

export function describeCorpus(name: string, open: () => Promise<Engine>): void {
  describe(`the corpus on ${name}`, () => {
    let engine: Engine;
    const roots: string[] = [];
    beforeAll(async () => {
      engine = await open();
      await engine.execute("CREATE DATABASE IF NOT EXISTS elsewhere ENGINE = Atomic");
      await engine.execute(foreignTable);
    });
    afterAll(async () => {
      await engine.close();
      for (const root of roots) rmSync(root, { recursive: true, force: true });
    });

    const projects: CorpusProject[] = [
      ...specCorpus(),
      { name: "the stock project", files: readFiles(repository) },
    ];

    const apply = (specs: ProjectSpecs) =>
      applyProject({
        engine,
        project: specs.project,
        catalog: ({ objects }) => compileProject(specs, objects),
        toolVersion: "1.2.3",
      });
    const diff = async (specs: ProjectSpecs) => {
      const { target, offline, ...found } = await diffTarget(engine, "it", { specs, consumers: [] });
      return found;
    };

    it.each(projects)("$name: apply twice is nothing to do, and nothing has drifted", async ({ files }) => {
      const root = mkdtempSync(join(tmpdir(), "prism-corpus-"));
      roots.push(root);
      const specs = parseProject(files, {}, root);
      expect((await apply(specs)).nothingToDo).toBe(false);
      // A step that was done is known as done, whatever the engine has made of its text.
      for (const { steps } of readMigrations(join(root, "migrations"))) {
        for (const step of steps.filter(({ kind }) => /^create_t|switch/.test(kind)))
          expect(await isDone(engine, step), step.name).toBe(true);
      }
      expect(await diff(specs)).toEqual({
        class: null,
        pending: [],
        migrations: [],
        backfill: null,
        drift: [],
      });
      expect(await apply(specs)).toMatchObject({
        nothingToDo: true,
        migrations: [],
        plans: [],
        instruments: 0,
      });
    });

    it("shows what is missing, changed, or stands in our way", async () => {
      const [corpus] = projects;
      const specs = parseProject(corpus?.files ?? [], {}, roots[0] ?? "");
      await engine.execute("DROP VIEW corpus_a_features.trades_0");
      await engine.execute("ALTER TABLE corpus_a_raw.trades ADD COLUMN extra UInt8");
      await engine.execute("CREATE TABLE corpus_a_features.trades_0__01234567 (x UInt8) ENGINE = Memory");
      const { drift } = await diff(specs);
      expect(drift.map(({ kind, object, name: found }) => `${kind} ${object} ${found}`)).toEqual([
        "changed table:corpus_a_raw.trades corpus_a_raw.trades",
        "missing view:trades_0 corpus_a_features.trades_0",
        "foreign table:corpus_a_features.trades_0__01234567 corpus_a_features.trades_0__01234567",
      ]);
      expect(drift[0]?.found).toContain("`extra` UInt8");
      expect(drift[0]?.expected).not.toContain("extra");
    });
  });
}
