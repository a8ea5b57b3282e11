import { describe, expect, it } from "vitest";
import { nothingDeployed, stateAfter } from "../../../src/plan/deployed.js";
import { parseLockFile, renderLockFile } from "../../../src/plan/lock-file.js";
import { makePlans } from "../../../src/plan/plan.js";
import { planDocument } from "../../../src/plan/render-json.js";
import { renderPlanText } from "../../../src/plan/render-text.js";
import { smallCatalog } from "../../support/small-catalog.js";

const initial = makePlans(smallCatalog(), nothingDeployed);
const deployed = initial.reduce((state, plan) => stateAfter(state, plan.records), nothingDeployed);
const after = makePlans(
  smallCatalog({ volume: "max(trades)", count: true, rawMs: 86_400_000, noVector: true }),
  deployed,
);

describe("the plan", () => {
  it("is one screen of text", async () => {
    const text = [renderPlanText(initial), renderPlanText(after), renderPlanText([])].join("\n");
    await expect(text).toMatchFileSnapshot("golden/plan.txt");
    expect(renderPlanText(initial).split("\n").length).toBeLessThan(25);
  });

  it("shows every statement when asked", () => {
    const text = renderPlanText(initial, { sql: true });
    for (const plan of initial) for (const step of plan.steps) expect(text).toContain(`${step.sql};`);
  });

  it("is a document for machines", async () => {
    await expect(`${JSON.stringify(planDocument(after), null, 2)}\n`).toMatchFileSnapshot(
      "golden/plan-document.txt",
    );
  });
});

describe("the lock file", () => {
  it("does not depend on the order of files", () => {
    const catalog = smallCatalog({ count: true });
    const turned = {
      ...catalog,
      raw: [...catalog.raw].reverse(),
      clockTables: [...catalog.clockTables].reverse(),
      objects: [...catalog.objects].reverse(),
    };
    expect(renderLockFile(turned)).toBe(renderLockFile(catalog));
  });

  it("changes with data, metadata and tables", () => {
    const texts = [{}, { volume: "1" }, { description: "x" }, { rawMs: 1 }].map((options) =>
      renderLockFile(smallCatalog(options)),
    );
    expect(new Set(texts).size).toBe(4);
  });

  it("is what an empty target would be after an apply", () => {
    const catalog = smallCatalog({ count: true });
    const locked = parseLockFile(renderLockFile(catalog), "registry/deployed.json");
    expect(makePlans(catalog, locked)).toEqual([]);
    expect(makePlans(smallCatalog(), locked).map(({ slug }) => slug)).toEqual(["remove_counted"]);
    const applied = makePlans(catalog, nothingDeployed).flatMap((plan) => plan.records);
    const byName = <T>(items: readonly T[]): T[] =>
      [...items].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    const expected = stateAfter(nothingDeployed, applied);
    expect(byName(locked.objects)).toEqual(byName(expected.objects));
    expect(byName(locked.tables)).toEqual(byName(expected.tables));
  });

  it("is refused when it is of another form", () => {
    const refusal = expect.objectContaining({ code: "FS_REGISTRY_LOCK_FILE" });
    for (const text of [
      "",
      "[]",
      "{}",
      '{"schema":"feature.registry/1","objects":{}}',
      '{"schema":"feature.registry/2"}',
    ])
      expect(() => parseLockFile(text, "registry/deployed.json")).toThrow(refusal);
  });
});
