/**
 * `feature diff` on a project of 300 views, as a user has it: a process of its own, on the embedded engine or on a real server
 * on loopback. Seconds on the clock and of the processor (of the server's nothing), and the latter as a multiple of a process that
 * only prints its version, which depends less on the machine. `npx tsx bench/diff.ts [views] [rounds] [embedded | server]`
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compileProject } from "../src/compile/compile-project.js";
import { openEngine } from "../src/engine/open.js";
import { applyProject } from "../src/migrate/apply.js";
import type { DeployedState } from "../src/plan/deployed.js";
import type { Target } from "../src/spec/model.js";
import { parseProject } from "../src/spec/parse-project.js";
import { startServer } from "../test/support/clickhouse-server.js";

const views = Number(process.argv[2] ?? 300);
const rounds = Number(process.argv[3] ?? 5);
const kind = process.argv[4] ?? "embedded";
const root = mkdtempSync(join(tmpdir(), "prism-bench-"));
const feature = fileURLToPath(new URL("../bin/feature.js", import.meta.url));

/** Half of the views are over trades, half with windows over one of these; a vector for every ten. */
function writeProject(target: string): void {
  mkdirSync(join(root, "features/vectors"), { recursive: true });
  const write = (path: string, lines: readonly string[]): void =>
    writeFileSync(join(root, path), `${lines.join("\n")}\n`);
  write("features.yaml", [
    "project: bench",
    `engine: ${kind}`,
    `targets: { ${kind}: ${target} }`,
    "instruments: { binance/spot/BTCUSDT: { tick_size: 0.01, lot_size: 0.00001, base: BTC, quote: USDT } }",
    "clocks: { ubt: { mode: volume, size: 1, max: 60s } }",
  ]);
  for (let index = 0; index < views / 2; index++) {
    write(`features/flow_${index}.yaml`, [
      `view: flow_${index}`,
      "description: Volume and its share above a size",
      "clock: ubt",
      "from: trades",
      "columns:",
      `  volume_${index}: { sql: "sum(quantity)", unit: base, doc: Volume of the bucket }`,
      `  large_${index}: { sql: "sumIf(quantity, quantity > ${index}) / nullIf(sum(quantity), 0)", unit: "[0,1]" }`,
      `  range_${index}: { sql: "(max(price) - min(price)) / nullIf(min(price), 0)" }`,
    ]);
    write(`features/trail_${index}.yaml`, [
      `view: trail_${index}`,
      "clock: ubt",
      `from: flow_${index}`,
      "windows: { w20: { buckets: 20, min: 5 }, w50: { buckets: 50, min: 5 } }",
      "columns:",
      `  mean: { sql: "avg(volume_${index}) OVER w20" }`,
      `  most: { sql: "max(large_${index}) OVER w50" }`,
    ]);
    if (index % 5 > 0) continue;
    write(`features/vectors/v_${index}.yaml`, [
      `vector: v_${index}`,
      "clock: ubt",
      "max_age: 60s",
      `features: [flow_${index}.volume_${index}, trail_${index}.mean]`,
    ]);
  }
}

function specs() {
  const files = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".yaml"))
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
  return parseProject(files, process.env, root);
}

interface Times {
  readonly clock: number;
  readonly processor: number;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** One run of the command; `times` of the shell says what its children took. */
function run(args: readonly string[]): Times {
  const script = `"$@" > "$0"; status=$?; times >&2; exit $status`;
  const began = performance.now();
  const { status, stderr } = spawnSync(
    "sh",
    ["-c", script, join(root, "out.json"), process.execPath, feature, ...args],
    { cwd: root, encoding: "utf8" },
  );
  if (status !== 0) throw new Error(stderr);
  const [user = 0, system = 0] = [...stderr.matchAll(/(\d+)m([\d.]+)s/g)]
    .slice(-2)
    .map(([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds));
  return { clock: (performance.now() - began) / 1000, processor: user + system };
}

function measure(args: readonly string[], before: () => void = () => undefined): Times {
  const all = Array.from({ length: rounds }, () => {
    before();
    return run(args);
  });
  return {
    clock: median(all.map(({ clock }) => clock)),
    processor: median(all.map(({ processor }) => processor)),
  };
}

/** Rows of one more second, stored and closed by a command of its own. */
let second = 0;
function ingest(): void {
  const lines = Array.from({ length: 200 }, (_, index) => {
    const time = 1_704_067_200_000 + second * 1000 + index * 5;
    return `${second * 200 + index + 1},${100 + (index % 7)},0.5,50,${time},true,true\n`;
  });
  second++;
  const named = join(root, "BTCUSDT-trades-2024-01-01.csv");
  writeFileSync(named, lines.join(""));
  run(["ingest", "binance-archive", named, "--market", "spot", "--json", "--quiet"]);
}

/** As where no command has noted anything, or somebody has altered something by hand. */
function forget(): void {
  rmSync(join(root, `.feature/${kind}.target.json`), { force: true });
  forgetSeal();
}

/** As where only a comment was changed: what is noted of the target holds. */
function forgetSeal(): void {
  rmSync(join(root, `.feature/${kind}.seal.json`), { force: true });
}

function edit(path: string, from: string, to: string): void {
  const text = readFileSync(join(root, path), "utf8");
  writeFileSync(join(root, path), text.replace(from, to));
}

/** The project on its target, as `feature apply` leaves it. */
async function apply(target: Target): Promise<void> {
  const { project } = specs();
  const engine = await openEngine(target);
  const catalog = ({ objects }: DeployedState) => compileProject(specs(), objects);
  await applyProject({ engine, project, catalog, toolVersion: "bench" });
  await engine.close();
}

/** Prints a line; the first one is what the others are compared with. */
function printer(): (what: string, times: Times) => void {
  console.log(
    `${views} views, ${kind}, median of ${rounds}: on the clock, of the processor, times the first line`,
  );
  const version = measure(["--version"]);
  const show = (what: string, { clock, processor }: Times): void => {
    const ratio = (processor / version.processor).toFixed(1);
    console.log(`${what.padEnd(48)} ${clock.toFixed(2)} s  ${processor.toFixed(2)} s  ${ratio}`);
  };
  show("a process that prints its version", version);
  return show;
}

const flow = "features/flow_0.yaml";
function behindIngest(): void {
  edit(flow, "2 * max(price)", "max(price)");
  ingest();
  edit(flow, "max(price)", "2 * max(price)");
}

async function embedded(): Promise<void> {
  writeProject("{ engine: embedded, path: .feature/db }");
  await apply({ kind: "embedded", name: kind, path: join(root, ".feature/db") });
  const show = printer();
  show("feature diff --offline, nothing changed", measure(["diff", "--json", "--offline"]));
  show("feature diff, nothing changed, opening it", measure(["diff", "--json"], forget));
  show("feature diff, nothing changed, by the note", measure(["diff", "--json"], forgetSeal));
  show("feature diff, nothing changed, again", measure(["diff", "--json"]));
  ingest();
  show("feature diff, nothing changed, behind an ingest", measure(["diff", "--json"], ingest));
  show("feature diff, one view, behind an ingest", measure(["diff", "--json"], behindIngest));
  show("feature diff, one view, opening it", measure(["diff", "--json"], forget));
  show("feature diff, one view and its readers", measure(["diff", "--json"]));
  edit("features.yaml", "max: 60s", "max: 90s");
  show("feature diff, the clock: all views", measure(["diff", "--json"]));
}

async function server(): Promise<void> {
  const started = await startServer();
  if (started === undefined) return;
  const { url, username, password, stop } = started;
  try {
    process.env.BENCH_PASSWORD = password;
    writeProject(`{ engine: server, url: "${url}", username: ${username}, password: "\${BENCH_PASSWORD}" }`);
    await apply({ kind: "server", name: kind, url, username, password, cluster: undefined });
    const show = printer();
    show("feature diff, nothing changed, looking", measure(["diff", "--json"], forget));
    show("feature diff, nothing changed, by the note", measure(["diff", "--json"], forgetSeal));
    show("feature diff, nothing changed, again", measure(["diff", "--json"]));
    ingest();
    show("feature diff, nothing changed, behind an ingest", measure(["diff", "--json"], ingest));
    show("feature diff, one view, behind an ingest", measure(["diff", "--json"], behindIngest));
    show("feature diff, one view, looking", measure(["diff", "--json"], forget));
    show("feature diff, one view and its readers", measure(["diff", "--json"]));
  } finally {
    await stop();
  }
}

try {
  await (kind === "server" ? server() : embedded());
} finally {
  rmSync(root, { recursive: true, force: true });
}
