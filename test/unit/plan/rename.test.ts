import { describe, expect, it } from "vitest";
import type { Catalog } from "../../../src/compile/catalog.js";
import { compileProject } from "../../../src/compile/compile-project.js";
import { causeLabel } from "../../../src/plan/cause.js";
import { changeObject } from "../../../src/plan/change.js";
import { type DeployedState, nothingDeployed, stateAfter } from "../../../src/plan/deployed.js";
import { makePlans, type Plan } from "../../../src/plan/plan.js";
import type { SourceFile } from "../../../src/spec/yaml-file.js";
import { parse } from "../spec/project-files.js";

const project = `project: shop
engine: embedded
targets: { embedded: { engine: embedded, path: .feature/db } }
instruments: { binance/spot/BTCUSDT: { tick_size: 0.01, lot_size: 0.00001, base: BTC, quote: USDT } }
clocks: { ubt: { mode: volume, size: 1 } }
`;
const flow = "columns: { volume: { sql: sum(quantity) }, buys: { sql: 'sumIf(quantity, side = 1)' } }";
const view = (name: string, text: string): SourceFile => ({
  path: `features/${name}.yaml`,
  text: `view: ${name}\nclock: ubt\n${text}\n`,
});
const vector = (feature: string): SourceFile => ({
  path: "features/vectors/v.yaml",
  text: `vector: v\nclock: ubt\nmax_age: 60s\nfeatures: [${feature}]\n`,
});

const before = [
  view("flow", `from: trades\n${flow}`),
  view("trail", "from: flow\nwindows: { w: { buckets: 3 } }\ncolumns: { mean: { sql: avg(volume) OVER w } }"),
  view("both", "from: [flow, trail]\ncolumns: { ratio: { sql: 'flow.volume / nullIf(trail.mean, 0)' } }"),
];

function compile(files: readonly SourceFile[], state: DeployedState = nothingDeployed): Catalog {
  return compileProject(parse([{ path: "features.yaml", text: project }, ...files]), state.objects);
}

function plans(files: readonly SourceFile[], state: DeployedState): Plan[] {
  return makePlans(compile(files, state), state);
}

function deploy(files: readonly SourceFile[], state: DeployedState = nothingDeployed): DeployedState {
  return plans(files, state).reduce((reached, plan) => stateAfter(reached, plan.records), state);
}

const changes = ([plan]: readonly Plan[]): string[] =>
  (plan?.changes ?? []).map((item) => {
    const causes = item.kind === "replace" ? item.causes.map(causeLabel).join(", ") : "";
    return `${item.class} ${item.kind} ${changeObject(item)} ${causes}`.trim();
  });
const steps = ([plan]: readonly Plan[]): string[] => (plan?.steps ?? []).map(({ name }) => name);
const tables = (state: DeployedState): string[] =>
  state.objects
    .filter((object) => object.kind === "view" && object.state === "live")
    .map(({ name, storage }) => `${name} ${storage?.table.name.replace(/[0-9a-f]{8}$/, "#")}`)
    .sort();

/** `flow` is called `tape` now; what reads it says so. */
const renamed = (more = "renamed_from: flow\n", columns = flow): SourceFile[] => [
  view("tape", `${more}from: trades\n${columns}`),
  view("trail", "from: tape\nwindows: { w: { buckets: 3 } }\ncolumns: { mean: { sql: avg(volume) OVER w } }"),
  view("both", "from: [tape, trail]\ncolumns: { ratio: { sql: 'tape.volume / nullIf(trail.mean, 0)' } }"),
];

describe("a renamed view", () => {
  const deployed = deploy(before);

  it("keeps its table: only its alias is switched, and what reads it stays as it is", () => {
    const plan = plans(renamed(), deployed);
    expect(changes(plan)).toEqual([
      "additive replace view:tape flow is renamed to tape",
      "metadata alter view:trail",
      "additive alter view:both",
    ]);
    expect(steps(plan).filter((name) => !/^(check|alter_trigger)/.test(name))).toEqual([
      "switch_alias marketprism_features.tape",
      "drop_alias marketprism_features.flow",
    ]);
    expect(plan[0]?.slug).toBe("rename_flow_to_tape");
    const after = deploy(renamed(), deployed);
    expect(tables(after)).toEqual(["both both__#", "tape flow__#", "trail trail__#"]);
    expect(after.objects.filter(({ name }) => name === "flow").map(({ state }) => state)).toEqual([
      "renamed",
    ]);
    expect(plans(renamed(), after)).toEqual([]);
    expect(plans(renamed(""), after)).toEqual([]);
  });

  it("that changes as well is built anew, under the new name, and its old version can be gone back to", () => {
    const other = renamed(undefined, flow.replace("sum(quantity)", "2 * sum(quantity)"));
    const plan = plans(other, deployed);
    expect(changes(plan)[0]).toBe("rebuild replace view:tape flow is renamed to tape, column volume");
    const after = deploy(other, deployed);
    expect(tables(after)[1]).toBe("tape tape__#");
    expect(changes(plans(renamed(), after))[0]).toMatch(/^additive replace view:tape/);
    expect(steps(plans(renamed(), after)).filter((name) => /^(create|backfill)/.test(name))).toEqual([]);
    expect(plans(other, after)).toEqual([]);
  });

  it("without `renamed_from` is another view, and the old one is taken away", () => {
    expect(changes(plans(renamed(""), deployed))).toContain("destructive retire view:flow");
  });

  it("must say a name that is deployed, on a target that has something", () => {
    expect(() => plans(renamed("renamed_from: flwo\n"), deployed)).toThrow(
      expect.objectContaining({
        code: "FS_PLAN_RENAME",
        hint: "Did you mean `flow`?",
        at: expect.objectContaining({ file: "features/tape.yaml" }),
      }),
    );
    expect(plans(renamed("renamed_from: flwo\n"), nothingDeployed)).toHaveLength(2);
  });
});

describe("a renamed column", () => {
  const deployed = deploy([...before, vector("flow.buys")]);
  const column = flow.replace("buys: {", "bought: { renamed_from: buys,");

  it("is a new version, and no column that goes: whoever reads it by its new name is built anew", () => {
    const files = [view("flow", `from: trades\n${column}`), ...before.slice(1), vector("flow.bought")];
    expect(changes(plans(files, deployed)).filter((line) => !line.includes("upstream"))).toEqual([
      "rebuild replace view:flow column buys is renamed to bought",
      expect.stringMatching(/^rebuild replace view:trail /),
      expect.stringMatching(/^rebuild replace view:both /),
      expect.stringMatching(/^rebuild replace vector:v column flow__buys is renamed to flow__bought/),
    ]);
  });

  it("must say a column that is deployed", () => {
    const files = [view("flow", `from: trades\n${column.replace("buys,", "bys,")}`), ...before.slice(1)];
    expect(() => plans(files, deployed)).toThrow(
      expect.objectContaining({ code: "FS_PLAN_RENAME", hint: "Did you mean `buys`?" }),
    );
  });
});
