/**
 * `feature diff` on a project of 300 views, as a user has it: a process of its own, on the embedded engine. In seconds, and as
 * a multiple of parsing the project's YAML in the same run. `npx tsx bench/diff.ts [views]`
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compileProject } from "../src/compile/compile-project.js";
import { openEngine } from "../src/engine/open.js";
import { applyProject } from "../src/migrate/apply.js";
import { parseProject } from "../src/spec/parse-project.js";

const views = Number(process.argv[2] ?? 300);
const rounds = 5;
const root = mkdtempSync(join(tmpdir(), "prism-bench-"));
const feature = fileURLToPath(new URL("../bin/feature.js", import.meta.url));

/** Half of the views are over trades, half with windows over one of these; a vector for every ten. */
function writeProject(): void {
  mkdirSync(join(root, "features/vectors"), { recursive: true });
  const write = (path: string, lines: readonly string[]): void =>
    writeFileSync(join(root, path), `${lines.join("\n")}\n`);
  write("features.yaml", [
    "project: bench",
    "engine: embedded",
    "targets: { embedded: { engine: embedded, path: .feature/db } }",
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
  return parseProject(files, {}, root);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function seconds(run: () => unknown): number {
  return median(
    Array.from({ length: rounds }, () => {
      const start = performance.now();
      run();
      return (performance.now() - start) / 1000;
    }),
  );
}

function diff(...options: string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [feature, "diff", "--json", ...options], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(stderr);
}

function edit(path: string, from: string, to: string): void {
  const text = readFileSync(join(root, path), "utf8");
  writeFileSync(join(root, path), text.replace(from, to));
}

try {
  writeProject();
  const { project } = specs();
  const engine = await openEngine({ kind: "embedded", name: "embedded", path: join(root, ".feature/db") });
  await applyProject({
    engine,
    project,
    catalog: ({ objects }) => compileProject(specs(), objects),
    toolVersion: "bench",
  });
  await engine.close();
  const parsing = seconds(specs);
  const show = (what: string, time: number): void =>
    console.log(
      `${what.padEnd(46)} ${time.toFixed(2)} s, ${(time / parsing).toFixed(1)} times parsing the YAML`,
    );
  console.log(`${views} views, median of ${rounds}`);
  show("parsing the YAML", parsing);
  show(
    "a process that prints its version",
    seconds(() => spawnSync(process.execPath, [feature, "--version"])),
  );
  show(
    "feature diff, nothing changed",
    seconds(() => diff()),
  );
  show(
    "feature diff --offline, nothing changed",
    seconds(() => diff("--offline")),
  );
  edit("features/flow_0.yaml", "max(price)", "2 * max(price)");
  show(
    "feature diff, one view and its readers",
    seconds(() => diff()),
  );
  edit("features.yaml", "max: 60s", "max: 90s");
  show(
    "feature diff, the clock: all views",
    seconds(() => diff()),
  );
} finally {
  rmSync(root, { recursive: true, force: true });
}
