import { describe, expect, it } from "vitest";
import type { Catalog } from "../../../src/compile/catalog.js";
import { type DeployedState, nothingDeployed, stateAfter } from "../../../src/plan/deployed.js";
import { type DiffDocument, diffDocument, hasChanges } from "../../../src/plan/diff-document.js";
import { parseLockFile, renderLockFile } from "../../../src/plan/lock-file.js";
import { makePlans, type Plan } from "../../../src/plan/plan.js";
import { renderDiffText } from "../../../src/plan/render-text.js";
import { smallCatalog } from "../../support/small-catalog.js";

const initial = makePlans(smallCatalog(), nothingDeployed);
const deployed = initial.reduce((state, plan) => stateAfter(state, plan.records), nothingDeployed);
const changed = smallCatalog({
  volume: "max(trades)",
  count: true,
  rawMs: 86_400_000,
  noVector: true,
  description: "Volume of a bucket",
});

function document(desired: Catalog, actual: DeployedState, plans: readonly Plan[]): DiffDocument {
  return diffDocument({
    target: "embedded",
    desired,
    actual,
    plans,
    pending: [],
    costs: new Map([["view:flow", { buckets: 5000, rows: 1_234_567, bytes: 34_567_890 }]]),
    drift: [],
    consumers: [{ id: "model:baseline", reads: ["vector:trend"] }],
    keptVersions: 2,
  });
}

describe("the plan", () => {
  const first = document(smallCatalog(), nothingDeployed, initial);
  const second = document(changed, deployed, makePlans(changed, deployed));

  it("is one screen of text", async () => {
    const nothing = document(smallCatalog(), deployed, []);
    const gone = {
      kind: "missing",
      object: "view:flow",
      name: "features.flow",
      expected: "CREATE …",
      found: null,
    } as const;
    const drifted = { ...nothing, drift: [gone] };
    const text = [first, second, nothing, drifted].map((one) => renderDiffText(one)).join("\n");
    await expect(text).toMatchFileSnapshot("golden/plan.txt");
    expect(renderDiffText(first).split("\n").length).toBeLessThan(25);
    expect(hasChanges(second)).toBe(true);
    expect(hasChanges(nothing)).toBe(false);
  });

  it("shows every statement when asked", () => {
    const text = renderDiffText(first, { sql: true });
    for (const plan of initial) for (const step of plan.steps) expect(text).toContain(`${step.sql};`);
  });

  it("is a document for machines", async () => {
    await expect(`${JSON.stringify(second, null, 2)}\n`).toMatchFileSnapshot("golden/plan-document.txt");
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
