import { describe, expect, it } from "vitest";
import { type DeployedState, nothingDeployed, stateAfter } from "../../../src/plan/deployed.js";
import { makePlans } from "../../../src/plan/plan.js";
import { prunable, pruneSteps } from "../../../src/plan/prune.js";
import { liveVersions, planRollback, withEarlierVersion } from "../../../src/plan/rollback.js";
import { attemptVersion, backfillVersion } from "../../../src/schema/attempt.js";
import { type SmallOptions, smallCatalog } from "../../support/small-catalog.js";

const after = (state: DeployedState, options: SmallOptions): DeployedState =>
  makePlans(smallCatalog(options), state).reduce((now, plan) => stateAfter(now, plan.records), state);
const first = after(nothingDeployed, {});
const second = after(first, { volume: "max(trades)" });
const third = after(second, { volume: "min(trades)" });
const buckets = () => ({ database: "features", name: "unified_buckets" });
const flowOf = (state: DeployedState): string =>
  liveVersions(state).find((version) => version.startsWith("view:flow@")) ?? "";

describe("a rollback", () => {
  it("of a view takes along what is built on it, to versions that are built on the earlier one", () => {
    expect(withEarlierVersion(third, flowOf(second))).toEqual(liveVersions(second));
    expect(withEarlierVersion(third, flowOf(first))).toEqual(liveVersions(first));
  });

  it("is refused with the list when what is built on it has no such version", () => {
    const without = {
      ...third,
      objects: third.objects.filter(({ name, state }) => name !== "ratio" || state === "live"),
    };
    expect(() => withEarlierVersion(without, flowOf(first))).toThrow(
      /^view ratio is built on the version of view flow/,
    );
  });

  it("switches upstream first, checks before it switches, and leaves records that say so", () => {
    const { steps, records } = planRollback(third, liveVersions(first), [], buckets);
    expect(steps.map(({ kind, object }) => `${kind} ${object}`)).toEqual([
      "check view:flow",
      "check view:ratio",
      "check vector:trend",
      "switch_alias view:flow",
      "switch_alias view:ratio",
      "switch_alias vector:trend",
    ]);
    const back = stateAfter(third, records);
    expect(liveVersions(back)).toEqual(liveVersions(first));
    expect(planRollback(back, liveVersions(first), [], buckets).steps).toEqual([]);
  });

  it("names versions that are no longer there", () => {
    const gone = {
      ...third,
      objects: third.objects.filter((object) => !flowOf(first).endsWith(object.dataHash)),
    };
    expect(() => planRollback(gone, liveVersions(first), [], buckets)).toThrow(
      /^version \w{8} of view flow is no longer kept$/,
    );
  });
});

describe("what is past its retention", () => {
  const history = [first, second, third].map(liveVersions);
  const rules = { versions: 2, removed: false, history, holders: [] };
  const hashes = (state: DeployedState): string[] =>
    liveVersions(state).map((version) => version.split("@")[1] ?? "");

  it("is all but the live version and the last ones that were live, with what these read", () => {
    const { drop, kept } = prunable(third.objects, rules);
    expect(drop.map(({ dataHash }) => dataHash).sort()).toEqual(hashes(first).sort());
    expect(kept).toEqual([]);
    expect(prunable(third.objects, { ...rules, versions: 3 }).drop).toEqual([]);
    expect(prunable(third.objects, { ...rules, versions: 1 }).drop).toHaveLength(6);
  });

  it("goes trigger by trigger, downstream first, before any table", () => {
    const { drop } = prunable(third.objects, rules);
    const kinds = pruneSteps(drop, []).map(({ kind, object }) => `${kind} ${object}`);
    expect(kinds.slice(0, 3)).not.toContainEqual(expect.stringContaining("drop_table"));
    expect(kinds.slice(3)).not.toContainEqual(expect.stringContaining("drop_trigger"));
    expect(kinds[2]).toBe("drop_trigger view:flow");
  });
});

describe("the number of a backfill", () => {
  it("is above the attempt that it has seen, and below the next one", () => {
    const attempt = attemptVersion(7, 12n);
    let backfill = backfillVersion(attempt);
    for (let again = 0; again < 1000; again++) {
      expect(backfill).toBeGreaterThan(attempt);
      expect(backfill).toBeLessThan(attemptVersion(7, 13n));
      expect(backfill).toBeLessThan(attemptVersion(8, 1n));
      backfill = backfillVersion(backfill);
    }
  });
});
