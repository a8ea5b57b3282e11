import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FeatureError } from "../../../src/errors.js";
import { causeLabel } from "../../../src/plan/cause.js";
import { changeObject } from "../../../src/plan/change.js";
import { type DeployedState, nothingDeployed, stateAfter } from "../../../src/plan/deployed.js";
import { makePlans, type Plan, planClass, refuseDestructive } from "../../../src/plan/plan.js";
import { type SmallOptions, smallCatalog } from "../../support/small-catalog.js";

function deploy(options: SmallOptions, before: DeployedState = nothingDeployed): DeployedState {
  return makePlans(smallCatalog(options), before).reduce(
    (state, plan) => stateAfter(state, plan.records),
    before,
  );
}

function change(options: SmallOptions, before: DeployedState): Plan {
  const [plan, ...more] = makePlans(smallCatalog(options), before);
  if (plan === undefined || more.length > 0) throw new Error("expected one plan");
  return plan;
}

const changes = (plan: Plan): string[] =>
  plan.changes.map((item) => `${item.class} ${item.kind} ${changeObject(item)}`);
const steps = (plan: Plan): string[] => plan.steps.map((step) => step.name);

describe("from nothing", () => {
  const plans = makePlans(smallCatalog(), nothingDeployed);

  it("makes the raw schema first, then all the rest", () => {
    expect(plans.map((plan) => plan.slug)).toEqual(["raw_schema", "initial"]);
    expect(plans[0]?.steps.every((step) => /^create_(database|table)$/.test(step.kind))).toBe(true);
    expect(planClass(plans)).toBe("additive");
  });

  it("creates tables, then triggers, then fills level by level, checks, and shows last", () => {
    expect(
      plans[1]?.steps.map((step) => step.kind).filter((kind, index, all) => all[index - 1] !== kind),
    ).toEqual(["create_table", "create_trigger", "backfill", "check", "switch_alias"]);
    const order = plans[1]?.steps.filter((step) => step.kind === "backfill").map((step) => step.object);
    expect(order).toEqual(["view:flow", "view:ratio", "vector:trend"]);
  });

  it("names every step once", () => {
    for (const plan of plans) expect(new Set(steps(plan)).size).toBe(plan.steps.length);
  });
});

describe("a deployed project", () => {
  const deployed = deploy({});

  it("needs nothing when nothing changed", () => {
    expect(makePlans(smallCatalog(), deployed)).toEqual([]);
  });

  it("keeps its databases", () => {
    const renamed = { ...smallCatalog(), databases: ["raw", "other_features"] };
    expect(() => makePlans(renamed, deployed)).toThrow(
      expect.objectContaining({ code: "FS_MIGRATION_DATABASES" }),
    );
  });

  it("gets a new view beside what is there; its stream gains a column before anything reads it", () => {
    const plan = change({ count: true }, deployed);
    expect(plan.slug).toBe("add_counted");
    expect(changes(plan)).toEqual(["additive alter stream:ubt.trades", "additive create view:counted"]);
    expect(plan.steps.map((step) => step.kind)).toEqual([
      "alter_table",
      "create_table",
      "alter_trigger",
      "create_trigger",
      "backfill",
      "check",
      "check",
      "switch_alias",
    ]);
    expect(plan.steps[0]?.sql).toBe(
      "ALTER TABLE `features`.`ubt__trades_hot` ADD COLUMN IF NOT EXISTS `one` UInt8 AFTER `trades`",
    );
  });

  it("keeps a stream as it is when no wanted view reads its last column: retired versions do", () => {
    const wide = deploy({ count: true });
    const plan = change({}, wide);
    expect(changes(plan)).toEqual(["metadata alter stream:ubt.trades", "destructive retire view:counted"]);
    expect(steps(plan)).toEqual(["drop_alias features.counted"]);
    const after = stateAfter(wide, plan.records);
    const stream = (state: DeployedState) => state.objects.find((object) => object.kind === "stream");
    expect(stream(after)?.tables).toEqual(stream(wide)?.tables);
    expect(stream(after)?.triggers).toEqual(stream(wide)?.triggers);
    expect(stream(after)?.dataHash).toBe(smallCatalog().objects[0]?.dataHash);
    expect(makePlans(smallCatalog(), after)).toEqual([]);
  });

  it("rebuilds a changed view and what reads it, and retires the old versions", () => {
    const plan = change({ volume: "sum(trades) * 2" }, deployed);
    expect(plan.slug).toBe("change_flow_and_2_more");
    expect(changes(plan)).toEqual([
      "rebuild replace view:flow",
      "rebuild replace view:ratio",
      "rebuild replace vector:trend",
    ]);
    const causes = plan.changes.map((item) => (item.kind === "replace" ? item.causes.map(causeLabel) : []));
    expect(causes).toEqual([
      ["column volume"],
      ["view flow (column volume)"],
      ["view flow (column volume)", "view ratio (view flow (column volume))"],
    ]);
    const after = stateAfter(deployed, plan.records);
    const states = after.objects.filter(({ name }) => name === "flow").map(({ state }) => state);
    expect(states).toEqual(["retired", "live"]);
    expect(makePlans(smallCatalog({ volume: "sum(trades) * 2" }), after)).toEqual([]);
  });

  it("goes back to a retired version by looking at it and switching, without a rebuild", () => {
    const changed = deploy({ volume: "sum(trades) * 2" }, deployed);
    const plan = change({}, changed);
    expect(new Set(plan.steps.map((step) => step.kind))).toEqual(new Set(["check", "switch_alias"]));
    expect(planClass([plan])).toBe("additive");
    const back = stateAfter(changed, plan.records);
    expect(makePlans(smallCatalog(), back)).toEqual([]);
    const live = (state: DeployedState): string[] =>
      state.objects
        .filter((object) => object.state === "live")
        .map((object) => object.dataHash)
        .sort();
    expect(live(back)).toEqual(live(deployed));
  });

  it("writes comments for a changed description and touches nothing else", () => {
    const plan = change({ description: "Volume of a bucket" }, deployed);
    expect(planClass([plan])).toBe("metadata");
    expect(new Set(plan.steps.map((step) => step.kind))).toEqual(new Set(["comment"]));
    expect(plan.slug).toBe("describe_flow_and_1_more");
  });

  it("keeps rows for longer in place, and for a shorter time only with permission", () => {
    const longer = change({ rawMs: 1_209_600_000 }, deployed);
    expect(planClass([longer])).toBe("additive");
    expect(longer.slug).toBe("alter_tables");
    expect(longer.steps[0]?.sql).toBe(
      "ALTER TABLE `raw`.`trades` MODIFY TTL toDateTime(ingested_at) + toIntervalSecond(1209600)",
    );
    expect(longer.steps[0]?.reverse).toBe(
      "ALTER TABLE `raw`.`trades` MODIFY TTL toDateTime(ingested_at) + toIntervalSecond(604800)",
    );
    const shorter = change({ rawMs: 86_400_000 }, deployed);
    expect(() => refuseDestructive([shorter])).toThrow(
      "rows of raw.trades, raw.orderbooks, raw.funding_rates and 10 more tables are kept for a shorter time",
    );
  });

  it("refuses to take away what is deployed, naming it", () => {
    const plan = change({ noVector: true }, deployed);
    expect(steps(plan)).toEqual(["drop_alias features.trend"]);
    const error = caught(() => refuseDestructive([plan]));
    expect(error).toMatchObject({ code: "FS_PLAN_DESTRUCTIVE", exit: 3 });
    expect(error.message).toBe("the plan takes away what is deployed: vector trend is removed");
  });

  it("refuses to remove a column that a live vector holds", () => {
    const catalog = smallCatalog({ volume: "1" });
    const objects = catalog.objects.map((object) =>
      object.name === "flow"
        ? { ...object, columns: object.columns.map((column) => ({ ...column, name: "other" })) }
        : object,
    );
    const [plan] = makePlans({ ...catalog, objects }, deployed);
    const plans = plan === undefined ? [] : [plan];
    const words =
      "the plan takes away what is deployed: view flow: column other is new, column volume goes, which vector trend holds";
    expect(caught(() => refuseDestructive(plans)).message).toBe(words);
    const pins = [
      { holder: "model:deep@1", object: "vector:trend" },
      { holder: "model:other@1", object: "vector:other" },
    ];
    expect(caught(() => refuseDestructive(plans, pins)).message).toBe(
      `${words}; model deep@1 holds vector trend as it is`,
    );
  });

  it("says what cannot be changed in place", () => {
    const catalog = smallCatalog();
    const raw = catalog.raw.map((table) =>
      table.name === "trades" ? { ...table, engine: "MergeTree" } : table,
    );
    const error = caught(() => makePlans({ ...catalog, raw }, deployed));
    expect(error.code).toBe("FS_PLAN_UNSUPPORTED");
    expect(error.message).toContain(
      "engine of raw.trades is ReplacingMergeTree(keep) and should be MergeTree",
    );
  });
});

it("any walk through specs ends in a state that needs nothing, however it came there", () => {
  const options = fc.record({
    volume: fc.constantFrom("sum(trades)", "max(trades)", "min(trades)"),
    count: fc.boolean(),
    description: fc.constantFrom("a", "b"),
    noVector: fc.boolean(),
    rawMs: fc.constantFrom(86_400_000, 604_800_000),
  });
  fc.assert(
    fc.property(fc.array(options, { minLength: 1, maxLength: 6 }), (walk) => {
      let state: DeployedState = nothingDeployed;
      for (const item of walk) {
        state = deploy(item, state);
        expect(makePlans(smallCatalog(item), state)).toEqual([]);
        const catalog = smallCatalog(item);
        const live = state.objects.filter((object) => object.state === "live" && object.kind !== "stream");
        expect(new Set(live.map((object) => object.dataHash))).toEqual(
          new Set(
            catalog.objects.filter((object) => object.kind !== "stream").map((object) => object.dataHash),
          ),
        );
      }
      expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    }),
    { numRuns: 60 },
  );
});

function caught(run: () => unknown): FeatureError {
  try {
    run();
  } catch (error) {
    if (error instanceof FeatureError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
