/**
 * The whole chain on 5 million simulated trades of one instrument: file → raw table → buckets → the features of the stock vectors and
 * what they read (`--all`: every stock view), against the engine's own `INSERT … SELECT FROM file()` of the same file in the same run.
 * `npx tsx bench/main-chain.ts [trades] [--all]`
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stockInstruments, stockMarket } from "../src/cli/demo/market-model.js";
import { writeMarket } from "../src/cli/demo/write-market.js";
import { compileProject } from "../src/compile/compile-project.js";
import { neededViews } from "../src/compile/view-paths.js";
import { openEngine } from "../src/engine/open.js";
import { advance, advanceSession } from "../src/ingest/buckets/advance.js";
import { clockContext } from "../src/ingest/buckets/clock-context.js";
import { cutInstruments } from "../src/ingest/buckets/cut-instruments.js";
import { ingest } from "../src/ingest/ingest.js";
import { applyProject } from "../src/migrate/apply.js";
import type { Project } from "../src/spec/model.js";
import { parseProject } from "../src/spec/parse-project.js";

const trades = Number(process.argv[2] ?? 5_000_000);
const everything = process.argv.includes("--all");
const tradesPerSecond = 60;
const folder = mkdtempSync(join(tmpdir(), "prism-bench-"));
const repository = fileURLToPath(new URL("..", import.meta.url));

/** The stock project, cut so that a bucket takes about 30 seconds. */
function stockProject() {
  const views = ["features", "features/vectors"].flatMap((name) =>
    readdirSync(join(repository, name))
      .filter((file) => file.endsWith(".yaml"))
      .map((file) => `${name}/${file}`),
  );
  const files = ["features.yaml", ...views].map((path) => ({
    path,
    text: readFileSync(join(repository, path), "utf8"),
  }));
  const all = parseProject(files, {}, folder);
  const needed = neededViews(all.views, all.vectors);
  const specs = everything
    ? all
    : { ...all, views: all.views.filter(({ name }) => needed.has(name)), aliases: [] };
  const clock = specs.project.clocks.ubt;
  if (clock === undefined) throw new Error("the stock project has no clock ubt");
  const project: Project = {
    ...specs.project,
    clocks: { ubt: { ...clock, size: { fromBucketConfig: false, byInstrument: {}, fallback: "55" } } },
  };
  return { ...specs, project };
}

async function timed<T>(run: () => Promise<T>): Promise<{ seconds: number; value: T }> {
  const began = performance.now();
  const value = await run();
  return { seconds: (performance.now() - began) / 1000, value };
}

const [spot] = stockInstruments;
if (spot === undefined) throw new Error("the simulator has no instrument");
const written = await timed(() =>
  writeMarket(
    join(folder, "data"),
    {
      ...stockMarket,
      startMs: Date.UTC(2024, 2, 5),
      hours: trades / tradesPerSecond / 3600,
      instruments: [{ ...spot, tradesPerSecond }],
    },
    { compress: false, books: false },
  ),
);
const files = written.value.map((file) => file.path);
const rows = written.value.reduce((sum, file) => sum + file.rows, 0);
const specs = stockProject();
const engine = await openEngine({ kind: "embedded", name: "bench", path: join(folder, "db") });
try {
  await applyProject({
    engine,
    project: specs.project,
    catalog: compileProject(specs),
    toolVersion: "bench",
  });
  await engine.execute("CREATE DATABASE bench ENGINE = Atomic");
  await engine.execute(
    "CREATE TABLE bench.bare (id UInt64, price Decimal(18, 8), qty Decimal(38, 8), quote Decimal(38, 8), time Int64, buyer_maker Bool, best Bool) ENGINE = MergeTree ORDER BY (time, id)",
  );
  const bare = await timed(async () => {
    for (const path of files) {
      await engine.load("INSERT INTO bench.bare SELECT * FROM {file}", {
        path,
        format: "CSV",
        structure:
          "id UInt64, price Decimal(18, 8), qty Decimal(38, 8), quote Decimal(38, 8), time Int64, buyer_maker Bool, best Bool",
      });
    }
  });
  await engine.execute("DROP TABLE bench.bare");

  const context = clockContext(engine, specs.project, compileProject(specs), "ubt", "bench");
  const session = advanceSession(context);
  const marks: { stage: string; at: number }[] = [];
  const began = performance.now();
  const summary = await ingest({
    engine,
    project: specs.project,
    format: "binance-archive",
    files,
    folder,
    stdin: process.stdin,
    options: { instrument: undefined, map: undefined, market: undefined, source: undefined },
    now: Date.now,
    onTrades: async (instruments) => {
      await cutInstruments(context, session.leases, instruments, () => {});
    },
    afterStore: async (instruments) => {
      marks.push({ stage: "store", at: performance.now() });
      const result = await advance(context, {
        session,
        instruments,
        onProgress: ({ stage }) => {
          const last = marks.at(-1);
          if (last?.stage === stage) last.at = performance.now();
          else marks.push({ stage, at: performance.now() });
        },
      });
      return result.bucketsClosed;
    },
  });
  const whole = (performance.now() - began) / 1000;
  report("bare INSERT … SELECT FROM file()", bare.seconds, bare.seconds);
  let from = began;
  const names: Record<string, string> = {
    store: "file → raw tables (and cut)",
    cut: "raw → buckets, the rest",
    close: "buckets → features",
  };
  for (const { stage, at } of marks) {
    report(names[stage] ?? stage, (at - from) / 1000, bare.seconds);
    from = at;
  }
  report("whole chain", whole, bare.seconds);
  console.log(
    `${rows} trades, ${summary.bucketsClosed} buckets; simulated and written in ${written.seconds.toFixed(1)} s`,
  );
} finally {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
}

function report(stage: string, seconds: number, yardstick: number): void {
  const rate = (rows / seconds / 1e6).toFixed(2).padStart(6);
  console.log(
    `${stage.padEnd(34)} ${seconds.toFixed(2).padStart(7)} s  ${rate} M rows/s  ${(seconds / yardstick).toFixed(2).padStart(5)} × bare`,
  );
}
