import { compileProject } from "../compile/compile-project.js";
import { detectDrift } from "../migrate/detect-drift.js";
import { planApply } from "../migrate/plan-apply.js";
import type { DeployedState } from "../plan/deployed.js";
import { openRegistryReader } from "../registry/reader.js";
import type { Context } from "./context.js";
import { instrumentStatus } from "./instrument-status.js";
import { renderTable } from "./render-table.js";

/** What readers see: views and vectors that are live, with the version of their data. */
function liveObjects({ objects }: DeployedState) {
  return objects
    .filter(
      ({ kind, state }) => (kind === "view" || kind === "vector" || kind === "label") && state === "live",
    )
    .map(({ kind, name, clock, level, dataHash, columns }) => ({
      kind,
      name,
      clock,
      level,
      version: dataHash.slice(0, 8),
      columns: columns.filter((column) => kind === "label" || column.feature).length,
    }))
    .sort((a, b) => a.level - b.level || (a.name < b.name ? -1 : 1));
}

/** Versions that are no longer shown, but kept and fed: what a rollback can go back to. */
function retiredVersions({ objects }: DeployedState) {
  return objects
    .filter(({ kind, state }) => (kind === "view" || kind === "vector") && state === "retired")
    .map(({ kind, name, dataHash }) => ({ kind, name, version: dataHash.slice(0, 8) }));
}

/** The state of the target against the specs, and of every instrument's buckets. */
export async function readStatus(context: Context) {
  const { engine, project, specs, target } = context;
  const registry = openRegistryReader(engine, project.databases.registry);
  const deployed = await registry.required();
  const { catalog, pending, plans, records } = await planApply(engine, project, ({ objects }) =>
    compileProject(specs, objects),
  );
  const scope = { state: deployed, records, seen: await registry.seen(), wanted: [] };
  const { drift } = await detectDrift(engine, scope);
  return {
    target: target.name,
    upToDate: pending.length + plans.length === 0,
    pending: pending.map(({ name }) => name),
    needed: plans.map(({ slug }) => slug),
    drift: drift.map(({ kind, object, target: { database, name } }) => ({
      kind,
      object,
      name: `${database}.${name}`,
    })),
    objects: liveObjects(deployed),
    retired: retiredVersions(deployed),
    pins: await registry.pins(),
    instruments: await instrumentStatus(context, catalog.clocks),
  };
}

/** The same for people. */
export function describeStatus(status: Awaited<ReturnType<typeof readStatus>>): string {
  const { target, upToDate, pending, needed, drift, objects, retired, instruments } = status;
  const open = [
    ...pending.map((name) => `${name} is not applied`),
    ...needed.map((slug) => `the specs need ${slug}`),
  ];
  const state = upToDate ? `${target} is what the specs say.` : `${open.join("; ")}: run \`feature apply\`.`;
  const versions = renderTable(
    ["kind", "name", "clock", "level", "version", "features"],
    objects.map((one) => [one.kind, one.name, one.clock, one.level, one.version, one.columns]),
  );
  const freshness = renderTable(
    [
      "exchange",
      "market",
      "symbol",
      "clock",
      "buckets",
      "pending",
      "last bucket ends",
      "open trades",
      "late",
    ],
    instruments.map((row) => [
      row.exchange,
      row.market_type,
      row.symbol,
      row.clock,
      row.buckets,
      row.pending,
      row.last_end ?? "none yet",
      row.open_trades,
      row.late,
    ]),
  );
  const drifted =
    drift.length === 0
      ? ""
      : `\nDrift: what stands in the database is not what was deployed (\`feature apply --repair\` restores what is ours).\n${drift
          .map(({ kind, object, name }) => `  ${kind} ${name}, of ${object.replace(":", " ")}\n`)
          .join("")}`;
  const kept =
    retired.length === 0
      ? ""
      : `Kept and fed for a rollback: ${retired.map(({ name, version }) => `${name} ${version}`).join(", ")}.\n`;
  return `${state}\n${drifted}\n${versions}${kept}\n${instruments.length === 0 ? "No trades were cut yet.\n" : freshness}`;
}
