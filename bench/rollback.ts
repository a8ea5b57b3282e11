/**
 * How long a rollback takes when its view holds a million rows, as a user waits for it: the whole command, with its lock, its
 * count of buckets and its journal.
 *
 *     npx tsx bench/rollback.ts [rows]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openScratch } from "../src/engine/open.js";
import { applyProject } from "../src/migrate/apply.js";
import { rollbackProject } from "../src/migrate/rollback.js";
import { loadProject } from "../test/support/load-project.js";

/** In milliseconds: on the clock, and of the processor, the engine's threads included. */
interface Times {
  readonly clock: number;
  readonly processor: number;
}

function report(what: string, times: readonly Times[]): void {
  const list = (key: keyof Times): string => times.map((time) => time[key].toFixed(0)).join(", ");
  console.log(`${what}: ${list("clock")} ms on the clock, ${list("processor")} ms of the processor`);
}

const rows = Number(process.argv[2] ?? 1_000_000);
const instruments = 10;
const root = mkdtempSync(join(tmpdir(), "prism-bench-"));
const engine = await openScratch();
try {
  const apply = (version: number) => {
    const { specs, compiled: catalog } = loadProject(root, version);
    return applyProject({ engine, project: specs.project, catalog, toolVersion: "bench" });
  };
  await apply(1);
  await apply(2);
  // Rows as closes would have left them in both versions; what they hold does not matter here.
  const keys = `'binance' AS exchange, 'spot' AS market_type, concat('S', toString(number % ${instruments})) AS symbol,
    intDiv(number, ${instruments}) + 1 AS bucket_id, toDateTime64('2024-05-01 00:00:00', 3, 'UTC') + bucket_id AS bucket_ts_start`;
  await engine.execute(
    `INSERT INTO l_features.closes (clock, path, exchange, market_type, symbol, bucket_id, v)
     SELECT 'ubt', 'hot', exchange, market_type, symbol, bucket_id, 256 FROM (SELECT ${keys} FROM numbers(${rows}))`,
  );
  const tables = await engine.rows<{ name: string }>(
    "SELECT name FROM system.tables WHERE database = 'l_features' AND match(name, '__[0-9a-f]{8}$')",
  );
  for (const { name } of tables)
    await engine.execute(
      `INSERT INTO l_features.${name} (exchange, market_type, symbol, bucket_id, bucket_ts_start, v)
       SELECT exchange, market_type, symbol, bucket_id, bucket_ts_start, 256 FROM (SELECT ${keys} FROM numbers(${rows}))`,
      { settings: { max_partitions_per_insert_block: 0 } },
    );
  const { specs } = loadProject(root, 2);
  const rollback = async (goal: { to?: number; view?: string }): Promise<Times> => {
    const [began, used] = [performance.now(), process.cpuUsage()];
    await rollbackProject({ engine, project: specs.project, toolVersion: "bench", ...goal });
    const { user, system } = process.cpuUsage(used);
    return { clock: performance.now() - began, processor: (user + system) / 1000 };
  };
  // The first run in a process compiles what the later ones use.
  await rollback({ to: 2 });
  const all: Times[] = [];
  for (const to of [3, 2, 3, 2, 3]) all.push(await rollback({ to }));
  report(`rollback of 3 objects with ${rows} rows each`, all);
  const one: Times[] = [];
  for (let round = 0; round < 3; round++) {
    one.push(await rollback({ view: "both" }));
    await rollback({ to: 3 });
  }
  report("rollback of one object", one);
} finally {
  await engine.close();
  rmSync(root, { recursive: true, force: true });
}
