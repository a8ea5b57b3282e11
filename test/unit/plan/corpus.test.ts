import { describe, expect, it } from "vitest";
import type { Catalog } from "../../../src/compile/catalog.js";
import { compileProject } from "../../../src/compile/compile-project.js";
import { type DeployedState, nothingDeployed, stateAfter } from "../../../src/plan/deployed.js";
import { parseLockFile, renderLockFile } from "../../../src/plan/lock-file.js";
import { makePlans } from "../../../src/plan/plan.js";
import { specCorpus } from "../../support/spec-corpus.js";
import { parse } from "../spec/project-files.js";

const written = specCorpus();
const rewritten = specCorpus({ rewritten: true });

function deployed(catalog: Catalog): DeployedState {
  return makePlans(catalog, nothingDeployed).reduce(
    (state, plan) => stateAfter(state, plan.records),
    nothingDeployed,
  );
}

it("has at least 60 views", () => {
  const views = written.flatMap(({ files }) => files.filter(({ path }) => /^features\/[^/]+$/.test(path)));
  expect(views.length).toBeGreaterThanOrEqual(60);
});

describe.each(written.map((project, index) => ({ ...project, other: rewritten[index] })))(
  "$name",
  (project) => {
    const catalog = compileProject(parse(project.files));
    const state = deployed(catalog);

    it("is nothing to do when nothing changed, against the registry and the lock file", () => {
      expect(makePlans(compileProject(parse(project.files), state.objects), state)).toEqual([]);
      expect(makePlans(catalog, parseLockFile(renderLockFile(catalog), "registry/deployed.json"))).toEqual(
        [],
      );
      const stored = JSON.parse(JSON.stringify(state)) as DeployedState;
      expect(makePlans(compileProject(parse(project.files), stored.objects), stored)).toEqual([]);
    });

    it("is nothing to do when it is only written otherwise", () => {
      const files = project.other?.files ?? [];
      expect(files.some(({ text }, index) => text !== project.files[index]?.text)).toBe(true);
      const again = compileProject(parse(files), state.objects);
      const changed = again.objects.filter(
        ({ kind, name, dataHash }) =>
          catalog.objects.find((other) => other.kind === kind && other.name === name)?.dataHash !== dataHash,
      );
      expect(changed.map(({ name, definition }) => [name, definition.columns])).toEqual([]);
    });
  },
);
