/**
 * A view and all that is built on it is replaced and rolled back while rows flow in: at which rate they flowed, that no bucket is
 * missing, doubled or wrong in any version at any level, and that no read through an alias failed or mixed versions. Then the
 * same with the trigger dropped and created, which shows the rows that this loses.
 *
 * On a server 36 collectors insert two trades a statement, as collectors do: the server gathers what comes within 50 ms, and answers when it
 * is stored. An embedded engine has no others to gather from: four collectors wait for each other's statements.
 *
 *     npx tsx bench/replace-under-load.ts [embedded|server] [inserts a second] [seconds between changes]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { openEngine, openScratch } from "../src/engine/open.js";
import type { Engine } from "../src/engine/port.js";
import { applyProject } from "../src/migrate/apply.js";
import { rollbackProject } from "../src/migrate/rollback.js";
import { startServer } from "../test/support/clickhouse-server.js";
import { closedMore, expectComplete, fedVersions, readAliases } from "../test/support/load-checks.js";
import { collectedProject, loadProject } from "../test/support/load-project.js";
import { startWriter } from "../test/support/load-writer.js";
import { type StartedWriter, startWriterProcess } from "../test/support/start-writer-process.js";

const [kind = "embedded", insertsPerSecond = 200, seconds = 10] = process.argv
  .slice(2)
  .map((text, index) => (index === 0 ? text : Number(text))) as [string?, number?, number?];
const rate = { insertsPerSecond, closeEveryMs: 500 };
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const project = (version: number) =>
  kind === "embedded" ? loadProject(root, version) : collectedProject(root, version, letters);
const root = mkdtempSync(join(tmpdir(), "prism-bench-"));

interface Place {
  readonly engine: Engine;
  start(): StartedWriter;
  end(): Promise<void>;
}

async function open(): Promise<Place> {
  if (kind === "embedded") {
    const engine = await openScratch();
    return {
      engine,
      start: () => startWriter(engine, project(1), rate),
      end: () => engine.close(),
    };
  }
  const server = await startServer();
  if (server === undefined) throw new Error("a server needs cc or python3");
  const { url, username, password } = server;
  const engine = await openEngine({
    kind: "server",
    name: "load",
    url,
    username,
    password,
    cluster: undefined,
  });
  return {
    engine,
    start: () => startWriterProcess([url, username, password], root, rate, letters),
    end: async () => {
      await engine.close();
      await server.stop();
    },
  };
}

/** What flowed in while something was done, a second. */
async function during<T>(what: string, writer: StartedWriter, run: () => Promise<T>): Promise<T> {
  const [began, before] = [performance.now(), writer.inserts()];
  const result = await run();
  const took = (performance.now() - began) / 1000;
  console.log(
    `${what.padEnd(34)} ${took.toFixed(1)} s, ${((writer.inserts() - before) / took).toFixed(0)} inserts a second`,
  );
  return result;
}

async function missing(engine: Engine, table: string): Promise<number> {
  const key = "exchange, market_type, symbol, bucket_id";
  const [row] = await engine.rows<{ missing: string }>(
    `SELECT toString(count()) AS missing FROM l_features.unified_buckets FINAL
     WHERE (${key}) NOT IN (SELECT ${key} FROM l_features.${table})`,
  );
  return Number(row?.missing);
}

const { engine, start, end } = await open();
try {
  const apply = (version: number) => {
    const { specs, compiled: catalog } = project(version);
    return applyProject({ engine, project: specs.project, catalog, toolVersion: "bench" });
  };
  const flow = () => pause(seconds * 1000);
  await apply(1);
  const writer = start();
  await writer.after(1);
  await during("before", writer, flow);
  // Each read counts all buckets: more often it would take a core.
  const reader = readAliases(engine, 200);
  await during("replaced", writer, () => apply(2));
  await during("afterwards", writer, flow);
  const { specs } = project(2);
  await during("rolled back", writer, () =>
    rollbackProject({ engine, project: specs.project, toolVersion: "bench" }),
  );
  await during("afterwards", writer, flow);
  await during("replaced again", writer, () => apply(2));
  await during("afterwards", writer, flow);
  await writer.stop();
  const reads = await reader.stop();
  const versions = await fedVersions(engine);
  await expectComplete(engine, versions);
  const [row] = await engine.rows<{ buckets: string }>(
    "SELECT toString(count()) AS buckets FROM l_features.unified_buckets FINAL",
  );
  console.log(
    `${writer.inserts()} inserts, ${row?.buckets} buckets, each in ${versions.length} versions once and right; ` +
      `${reads} reads of aliases, each of one version`,
  );

  const target = versions.find(({ name, state }) => name === "flow" && state === "live");
  const [trigger] = target?.triggers ?? [];
  if (trigger === undefined) throw new Error("flow has no trigger");
  const again = start();
  await closedMore(engine, again, 20, 200);
  await during("dropped and created instead", again, async () => {
    await engine.execute(`DROP VIEW l_features.${trigger.name}`);
    await flow();
    await closedMore(engine, again, 20, 200);
    await engine.execute(
      `CREATE MATERIALIZED VIEW l_features.${trigger.name} TO l_features.${trigger.to.name} AS ${trigger.select}`,
    );
  });
  await flow();
  await again.stop();
  console.log(`which lost ${await missing(engine, trigger.to.name)} buckets`);
} finally {
  await end();
  rmSync(root, { recursive: true, force: true });
}
