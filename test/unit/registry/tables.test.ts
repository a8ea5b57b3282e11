import { describe, expect, it } from "vitest";
import { nothingDeployed, recordKey, recordsOf, stateAfter, stateOf } from "../../../src/plan/deployed.js";
import { makePlans } from "../../../src/plan/plan.js";
import { registryTables } from "../../../src/registry/tables.js";
import { renderCreate } from "../../../src/schema/render.js";
import { smallCatalog } from "../../support/small-catalog.js";

describe("the registry", () => {
  it("has the tables that were reviewed", async () => {
    const text = registryTables("registry")
      .map((table) => `${renderCreate(table)};\n`)
      .join("\n");
    await expect(text).toMatchFileSnapshot("golden/tables.sql");
  });

  it("keys what is altered in place by name, and versions by their data", () => {
    const records = makePlans(smallCatalog(), nothingDeployed).flatMap((plan) => plan.records);
    const versioned = records.map(recordKey).filter((key) => key.version !== "");
    expect(new Set(versioned.map((key) => key.kind))).toEqual(new Set(["view", "vector"]));
  });

  it("gives back the state that it was given, record by record as JSON", () => {
    const state = makePlans(smallCatalog({ count: true }), nothingDeployed).reduce(
      (before, plan) => stateAfter(before, plan.records),
      nothingDeployed,
    );
    expect(stateOf(JSON.parse(JSON.stringify(recordsOf(state))))).toEqual(state);
  });
});
