import { describe, expect, it } from "vitest";
import type { Catalog, CompiledObject } from "../../../src/compile/catalog.js";
import { compileProject } from "../../../src/compile/compile-project.js";
import { changeObject } from "../../../src/plan/change.js";
import { type DeployedState, nothingDeployed, stateAfter } from "../../../src/plan/deployed.js";
import { makePlans, type Plan } from "../../../src/plan/plan.js";
import { prunable, pruneSteps } from "../../../src/plan/prune.js";
import { liveVersions, planRollback, withEarlierVersion } from "../../../src/plan/rollback.js";
import { readsVersion, versionOf } from "../../../src/plan/versions.js";
import type { SourceFile } from "../../../src/spec/yaml-file.js";
import { parse } from "../spec/project-files.js";

const project = `project: shop
engine: embedded
targets: { embedded: { engine: embedded, path: .feature/db } }
instruments: { binance/spot/BTCUSDT: { tick_size: 0.01, lot_size: 0.00001, base: BTC, quote: USDT } }
clocks: { ubt: { mode: volume, size: 1 } }
`;
const view = (name: string, text: string): SourceFile => ({
  path: `features/${name}.yaml`,
  text: `view: ${name}\nclock: ubt\n${text}\n`,
});
const vector = (...features: string[]): SourceFile => ({
  path: "features/vectors/v.yaml",
  text: `vector: v\nclock: ubt\nmax_age: 60s\nfeatures: [${features.join(", ")}]\n`,
});
const columns = (...pairs: [string, string][]): string =>
  `columns: { ${pairs.map(([name, sql]) => `${name}: { sql: ${JSON.stringify(sql)} }`).join(", ")} }`;

const flow = (volume = "sum(quantity)"): SourceFile =>
  view("flow", `from: trades\n${columns(["volume", volume], ["share", "volume / nullIf(count(), 0)"])}`);
const tape = (volume = "sumIf(quantity, side > 0)"): SourceFile =>
  view("tape", `from: trades\n${columns(["volume", volume], ["twice", "2 * volume"])}`);
const trail = view(
  "trail",
  "from: tape\nwindows: { w: { buckets: 3 } }\ncolumns: { mean: { sql: avg(volume) OVER w } }",
);

function compile(files: readonly SourceFile[], state: DeployedState = nothingDeployed): Catalog {
  return compileProject(parse([{ path: "features.yaml", text: project }, ...files]), state.objects);
}

function plans(files: readonly SourceFile[], state: DeployedState): Plan[] {
  return makePlans(compile(files, state), state);
}

function deploy(files: readonly SourceFile[], state: DeployedState = nothingDeployed): DeployedState {
  return plans(files, state).reduce((reached, plan) => stateAfter(reached, plan.records), state);
}

const plain = (name: string): string => name.replace(/(?<=__|\.)[0-9a-f]{8}(?=$|__| )/, "#");
const steps = (all: readonly Plan[]): string[] =>
  (all.at(-1)?.steps ?? []).map(({ name }) => plain(name.replace("marketprism_features.", "")));
const changes = (all: readonly Plan[]): string[] =>
  (all.at(-1)?.changes ?? []).map((item) => plain(`${item.kind} ${changeObject(item)}`));
const places = ({ objects }: Pick<DeployedState, "objects">): string[] =>
  objects
    .filter(({ kind, state }) => kind === "view" && state === "live")
    .map(({ name, storage }) => `${name}: ${plain(storage?.table.name ?? "")} ${storage?.columnPrefix}`)
    .sort();
const object = ({ objects }: Catalog, kind: CompiledObject["kind"], name?: string): CompiledObject => {
  const found = objects.find((one) => one.kind === kind && (name === undefined || one.name === name));
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
};
const selectOf = ({ triggers }: Pick<CompiledObject, "triggers">): string => triggers[0]?.select ?? "";

describe("views of one stream that are built together", () => {
  const files = [flow(), tape(), trail];
  const deployed = deploy(files);

  it("share a wide table, its trigger and its backfill; each has its alias", () => {
    const all = plans(files, nothingDeployed);
    expect(places(deployed)).toEqual([
      "flow: ubt__trades_fused__# flow__",
      "tape: ubt__trades_fused__# tape__",
      "trail: trail__# ",
    ]);
    expect(steps(all).filter((name) => /fused|flow|tape/.test(name))).toEqual([
      "create_table ubt__trades_fused__#",
      "create_trigger ubt__trades_fused__#__mv_lazy",
      "backfill ubt__trades_fused__#",
      "check ubt__trades_fused__#",
      "check ubt__trades_fused__# computed again",
      "switch_alias flow",
      "switch_alias tape",
    ]);
    expect(plans(files, deployed)).toEqual([]);
  });

  it("keep their names apart, also where they call theirs the same", () => {
    const select = selectOf(object(compile(files), "fused")).replaceAll(/\s+/g, " ");
    expect(select).toContain("`flow__volume` / nullIf(count(), 0) AS `flow__share`");
    expect(select).toContain("2 * `tape__volume` AS `tape__twice`");
    expect(select.match(/GROUP BY/g)).toHaveLength(1);
  });

  it("are read under their own names: by aliases, by views, and by a vector in one join", () => {
    const catalog = compile([...files, vector("flow.share", "tape.twice", "trail.mean")]);
    expect(object(catalog, "view", "tape").alias?.select).toContain("`tape__volume` AS `volume`");
    expect(selectOf(object(catalog, "view", "trail"))).toContain("`tape__volume` AS `volume`");
    const joins = selectOf(object(catalog, "vector")).match(/LEFT JOIN/g);
    expect(joins).toHaveLength(2);
  });

  it("stay where they are when one gets another version, which gets a table of its own", () => {
    const after = deploy([flow("2 * sum(quantity)"), tape(), trail], deployed);
    expect(places(after)).toEqual([
      "flow: flow__# ",
      "tape: ubt__trades_fused__# tape__",
      "trail: trail__# ",
    ]);
    expect(plans([flow("2 * sum(quantity)"), tape(), trail], after)).toEqual([]);
    // The earlier version is fed on, by the very trigger that was built.
    const fused = after.objects.find(({ kind }) => kind === "fused");
    expect(selectOf(fused ?? { triggers: [] })).toContain("`flow__share`");
    expect(places(deploy(files, after))).toEqual(places(deployed));
    expect(steps(plans(files, after))).toEqual(["check ubt__trades_fused__#", "switch_alias flow"]);
  });

  it("share another table when one revision gives several of them other versions", () => {
    const after = deploy([flow("2 * sum(quantity)"), tape("sumIf(quantity, side >= 0)"), trail], deployed);
    expect(after.objects.filter(({ kind }) => kind === "fused")).toHaveLength(2);
    expect(places(after).slice(0, 2)).toEqual(places(deployed).slice(0, 2));
  });

  it("that come later stay apart from what is stored", () => {
    const more = view("more", `from: trades\n${columns(["n", "count()"])}`);
    expect(places(deploy([...files, more], deployed))).toContain("more: more__# ");
  });

  it("keep their columns when one is renamed", () => {
    const renamed = view(
      "stream",
      `renamed_from: flow\nfrom: trades\n${columns(["volume", "sum(quantity)"], ["share", "volume / nullIf(count(), 0)"])}`,
    );
    const after = deploy([renamed, tape(), trail], deployed);
    expect(places(after)).toContain("stream: ubt__trades_fused__# flow__");
    expect(plans([renamed, tape(), trail], after)).toEqual([]);
  });

  it("move to the hot path together, once a vector holds one of them", () => {
    const hot = [...files, vector("flow.share")];
    const all = plans(hot, deployed);
    expect(changes(all).filter((name) => /fused|view/.test(name))).toEqual([
      "alter fused:ubt.trades.#",
      "alter view:flow",
      "alter view:tape",
    ]);
    expect(steps(all).filter((name) => /fused/.test(name))).toEqual([
      "create_trigger ubt__trades_fused__#__mv",
      "backfill ubt__trades_fused__#",
      "drop_trigger ubt__trades_fused__#__mv_lazy",
    ]);
    const after = deploy(hot, deployed);
    expect(after.objects.filter(({ path }) => path === "hot").map(({ name }) => name)).toEqual(
      expect.arrayContaining(["flow", "tape"]),
    );
    expect(plans(hot, after)).toEqual([]);
  });

  it("move with a version that no spec describes any more", () => {
    const changed = [flow("2 * quantile(price)".replace("quantile", "max")), tape(), trail];
    const retired = deploy(changed, deployed);
    const hot = [...changed, vector("tape.twice")];
    const moved = object(compile(hot, retired), "fused");
    const built = object(compile(files), "fused");
    expect(selectOf(moved)).toBe(selectOf(built).replaceAll("ubt__trades_lazy", "ubt__trades_hot"));
    const streams = compile(hot, retired).objects.filter(({ kind }) => kind === "stream");
    const carried = streams.find(({ path }) => path === "hot")?.tables[0]?.columns.map(({ name }) => name);
    // What only the earlier version of `flow` reads is carried on, too.
    expect(carried).toEqual(expect.arrayContaining(["quantity_exact", "side"]));
    expect(plans(hot, deploy(hot, retired))).toEqual([]);
  });

  it("go back to an earlier version one by one, or together", () => {
    const changed = [flow("2 * sum(quantity)"), tape("sumIf(quantity, side >= 0)"), trail];
    const after = deploy(changed, deployed);
    const earlier = deployed.objects.find(({ name }) => name === "flow");
    const alone = withEarlierVersion(after, earlier === undefined ? "" : versionOf(earlier));
    expect(alone.filter((version) => liveVersions(after).includes(version))).toHaveLength(2);
    const target = deployed.objects.filter(({ kind }) => kind === "view").map(versionOf);
    const plan = planRollback(after, target, [], () => ({
      database: "marketprism_features",
      name: "unified_buckets",
    }));
    expect(plan.steps.map(({ name }) => plain(name.replace("marketprism_features.", "")))).toEqual([
      "check ubt__trades_fused__#",
      "check trail__#",
      "switch_alias tape",
      "switch_alias flow",
      "switch_alias trail",
    ]);
  });
});

describe("a table that views share", () => {
  const files = [flow(), tape(), trail];
  const deployed = deploy(files);
  const rules = { versions: 1, removed: false, history: [], holders: [] };

  it("goes with the last version in it", () => {
    const one = deploy([flow("2 * sum(quantity)"), tape(), trail], deployed);
    const first = prunable(one.objects, rules);
    expect(first.drop.map(versionOf)).toEqual([expect.stringMatching(/^view:flow@/)]);
    expect(pruneSteps(first.drop, [])).toEqual([]);
    const both = deploy([flow("2 * sum(quantity)"), tape("sumIf(quantity, side >= 0)"), trail], one);
    const second = prunable(both.objects, rules);
    expect(
      pruneSteps(second.drop, []).map(({ name }) => plain(name.replace("marketprism_features.", ""))),
    ).toEqual([
      "drop_trigger trail__#__mv_lazy",
      "drop_trigger ubt__trades_fused__#__mv_lazy",
      "drop_table trail__#",
      "drop_table ubt__trades_fused__#",
    ]);
  });

  it("is read by who reads one of its views, and no other", () => {
    const at = (name: string) => {
      const found = deployed.objects.find((one) => one.name === name);
      if (found === undefined) throw new Error(name);
      return found;
    };
    expect(readsVersion(at("trail"), at("tape"))).toBe(true);
    expect(readsVersion(at("trail"), at("flow"))).toBe(false);
    expect(readsVersion(at("flow"), at("tape"))).toBe(false);
    const both = deploy([flow(), tape(), vector("flow.volume", "tape.volume")]);
    const after = deploy([flow(), tape("count()"), vector("flow.volume", "tape.volume")], both);
    const read = (state: "live" | "retired") => {
      const reader = after.objects.find((one) => one.kind === "vector" && one.state === state);
      const views = after.objects.filter((one) => one.kind === "view");
      if (reader === undefined) throw new Error("no vector");
      return views.filter((one) => readsVersion(reader, one)).map((one) => `${one.name} ${one.state}`);
    };
    expect(read("live")).toEqual(["flow live", "tape live"]);
    expect(read("retired")).toEqual(["flow live", "tape retired"]);
  });
});

describe("a view stays apart from others", () => {
  const other = view("other", `from: trades\n${columns(["n", "count()"])}`);
  it.each([
    ["with a filter", `from: trades\nrows: [{ where: 'side > 0' }]\n${columns(["n", "count()"])}`],
    ["of another stream", `from: books\n${columns(["n", "count()"])}`],
    ["with bins", `from: trades\nby: { bin: 'intDiv(price_ticks, 10)' }\n${columns(["n", "count()"])}`],
  ])("%s", (_, text) => {
    expect(compile([other, view("own", text)]).objects.filter(({ kind }) => kind === "fused")).toEqual([]);
  });
});
