/**
 * The point-in-time join of training sets against DuckDB and Polars, in one run on one data set: 100,000 moments, 1,000,000 buckets of
 * 20 instruments, 1, 5 and 20 views of two features each. `npx tsx bench/point-in-time.ts [rounds] [views,…]`.
 *
 * Every tool has its data loaded before the clock starts and keeps its result in memory: rows in the spine's order, the features of
 * the last bucket known by `ts` and not older than 120 s, NULL where there is none. The values are compared. The others are
 * timed twice: on one wide table, which is what a vector is, and on a table a view, which is how feature stores keep them.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import pl from "nodejs-polars";
import { pointInTimeQuery } from "../src/compile/point-in-time.js";
import { openEngine } from "../src/engine/open.js";

const buckets = 1_000_000;
const moments = 100_000;
const instruments = 20;
const perView = 2;
const maxAgeMs = 120_000;
const rounds = Number(process.argv[2] ?? 5);
const keys = ["exchange", "market_type", "symbol"];

const folder = mkdtempSync(join(tmpdir(), "bench-point-in-time-"));
const engine = await openEngine({ kind: "embedded", name: "bench", path: join(folder, "db") });
const duck = await (await DuckDBInstance.create(":memory:")).connect();

interface Check {
  readonly known: number;
  /** Sums over all features of value and of value times row: exact, because the values are small integers. */
  readonly sum: number;
  readonly weighted: number;
}

try {
  await engine.execute("CREATE DATABASE bench ENGINE = Atomic");
  await makeSpine();
  for (const views of (process.argv[3] ?? "1,5,20").split(",").map(Number)) await compare(views);
} finally {
  duck.closeSync();
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
}

function features(views: number): string[] {
  return Array.from({ length: views * perView }, (_, i) => `v${Math.floor(i / perView)}__f${i % perView}`);
}

async function makeSpine(): Promise<void> {
  await engine.execute(`CREATE TABLE bench.spine (row UInt64, exchange LowCardinality(String), market_type LowCardinality(String),
    symbol LowCardinality(String), ts DateTime64(3, 'UTC')) ENGINE = MergeTree ORDER BY row`);
  await engine.execute(`INSERT INTO bench.spine SELECT number + 1, 'binance', 'spot', concat('SYM', toString(cityHash64(number) % ${instruments})),
    fromUnixTimestamp64Milli(toInt64(1700000000000 + cityHash64(number, 1) % 1550000000), 'UTC') FROM numbers(${moments})`);
  const path = join(folder, "spine.parquet");
  await engine.exportTo(
    path,
    "Parquet",
    "SELECT toInt64(row) AS row, toString(exchange) AS exchange, toString(market_type) AS market_type, toString(symbol) AS symbol, toUnixTimestamp64Milli(ts) AS ts FROM bench.spine ORDER BY row",
  );
  await duck.run(`CREATE TABLE spine AS SELECT * FROM read_parquet('${path}')`);
}

/** A bucket every 30 s or so of each instrument; the last 5 % of values are NULL. */
async function makeVector(names: readonly string[]): Promise<string> {
  const columns = names.map((name) => `\`${name}\` Nullable(Float64) CODEC(ZSTD(1))`).join(", ");
  await engine.execute(`CREATE OR REPLACE TABLE bench.vector (exchange LowCardinality(String), market_type LowCardinality(String),
    symbol LowCardinality(String), bucket_id UInt64, bucket_ts_start DateTime64(3, 'UTC'), bucket_ts_end DateTime64(3, 'UTC'),
    available_at DateTime64(3, 'UTC'), ${columns}, v UInt64) ENGINE = ReplacingMergeTree(v)
    PARTITION BY toYYYYMM(bucket_ts_start) ORDER BY (exchange, market_type, symbol, bucket_id)`);
  const value = (i: number) =>
    `if(cityHash64(number, ${i}) % 20 = 0, NULL, toFloat64(cityHash64(number, ${i}) % 1000))`;
  await engine.execute(`INSERT INTO bench.vector SELECT 'binance', 'spot', concat('SYM', toString(number % ${instruments})),
    intDiv(number, ${instruments}) + 1, fromUnixTimestamp64Milli(ends - 1, 'UTC'), fromUnixTimestamp64Milli(ends, 'UTC'),
    fromUnixTimestamp64Milli(ends + 150, 'UTC'), ${names.map((_, i) => value(i)).join(", ")}, 1
    FROM (SELECT number, toInt64(1700000000000 + intDiv(number, ${instruments}) * 30000 + cityHash64(number, 'end') % 29000) AS ends FROM numbers(${buckets}))`);
  await engine.execute("OPTIMIZE TABLE bench.vector FINAL");
  const path = join(folder, "vector.parquet");
  const list = names.map((name) => `\`${name}\``).join(", ");
  await engine.exportTo(
    path,
    "Parquet",
    `SELECT toString(exchange) AS exchange, toString(market_type) AS market_type, toString(symbol) AS symbol, toUnixTimestamp64Milli(available_at) AS known_at, ${list} FROM bench.vector ORDER BY known_at`,
  );
  return path;
}

async function compare(views: number): Promise<void> {
  const names = features(views);
  const path = await makeVector(names);
  const results: [string, number, Check][] = [];
  const add = async (tool: string, run: () => Promise<unknown>, check: () => Promise<Check>) => {
    const seconds: number[] = [];
    for (let round = 0; round < rounds; round++) {
      // Processor time, not the clock's: all of them run in this process, and the machine may have other work.
      const began = process.cpuUsage();
      await run();
      const { user, system } = process.cpuUsage(began);
      seconds.push((user + system) / 1e6);
    }
    results.push([tool, Math.min(...seconds), await check()]);
  };

  const { sql, params } = pointInTimeQuery({
    spine: { table: { database: "bench", name: "spine" }, columns: ["row", ...keys, "ts"], orderBy: "row" },
    vector: { table: { database: "bench", name: "vector" }, features: names },
    maxAgeMs,
  });
  await add(
    "ours: one ASOF join on the vector",
    async () => {
      await engine.execute("DROP TABLE IF EXISTS bench.result SYNC");
      await engine.execute(`CREATE TABLE bench.result ENGINE = Memory AS ${sql}`, { params });
    },
    () => checkOurs(names),
  );

  await duck.run(`CREATE OR REPLACE TABLE vector AS SELECT * FROM read_parquet('${path}')`);
  const groups = Array.from({ length: views }, (_, view) =>
    names.filter((name) => name.startsWith(`v${view}__`)),
  );
  for (const [view, own] of groups.entries()) {
    await duck.run(
      `CREATE OR REPLACE TABLE view_${view} AS SELECT ${keys.join(", ")}, known_at, ${own.join(", ")} FROM vector`,
    );
  }
  await add(
    "DuckDB, one wide table",
    () => duck.run(`CREATE OR REPLACE TABLE result AS ${duckJoin([names], ["vector"])}`),
    () => checkDuck(names),
  );
  if (views > 1) {
    await add(
      "DuckDB, a table a view",
      () =>
        duck.run(
          `CREATE OR REPLACE TABLE result AS ${duckJoin(
            groups,
            groups.map((_, view) => `view_${view}`),
          )}`,
        ),
      () => checkDuck(names),
    );
  }

  const spine = pl.readParquet(join(folder, "spine.parquet"));
  const vector = pl.readParquet(path);
  let polars = spine;
  await add(
    "Polars, one wide table",
    async () => {
      polars = polarsJoin(spine, [vector], [names]);
    },
    async () => checkPolars(polars, names),
  );
  if (views > 1) {
    const tables = groups.map((own) => vector.select(...keys, "known_at", ...own));
    await add(
      "Polars, a table a view",
      async () => {
        polars = polarsJoin(spine, tables, groups);
      },
      async () => checkPolars(polars, names),
    );
  }
  report(views, results);
}

function duckJoin(groups: readonly (readonly string[])[], tables: readonly string[]): string {
  const values = groups.flatMap((own, i) =>
    own.map((name) => `CASE WHEN s.ts - t${i}.known_at <= ${maxAgeMs} THEN t${i}.${name} END AS ${name}`),
  );
  const joins = tables.map(
    (table, i) =>
      `ASOF LEFT JOIN ${table} AS t${i} ON ${keys.map((key) => `s.${key} = t${i}.${key}`).join(" AND ")} AND s.ts >= t${i}.known_at`,
  );
  return `SELECT s.*, ${values.join(", ")} FROM spine AS s ${joins.join(" ")} ORDER BY s.row`;
}

function polarsJoin(
  spine: pl.DataFrame,
  tables: readonly pl.DataFrame[],
  groups: readonly (readonly string[])[],
): pl.DataFrame {
  let joined = spine.sort("ts");
  for (const [i, table] of tables.entries()) {
    joined = joined.joinAsof(table, { leftOn: "ts", rightOn: "known_at", by: keys, strategy: "backward" });
    const fresh = pl.col("ts").sub(pl.col("known_at")).ltEq(pl.lit(maxAgeMs));
    joined = joined.withColumns(
      ...(groups[i] ?? []).map((name) => pl.when(fresh).then(pl.col(name)).otherwise(pl.lit(null)).as(name)),
    );
    joined = joined.drop("known_at");
  }
  return joined.sort("row");
}

async function checkOurs(names: readonly string[]): Promise<Check> {
  const sum = (of: (name: string) => string) => names.map(of).join(" + ");
  const [row] = await engine.rows<Record<keyof Check, string | number>>(
    `SELECT ${sum((name) => `toFloat64(count(\`${name}\`))`)} AS known, ${sum((name) => `sum(\`${name}\`)`)} AS sum,
      ${sum((name) => `sum(\`${name}\` * row)`)} AS weighted FROM bench.result`,
  );
  return { known: Number(row?.known), sum: Number(row?.sum), weighted: Number(row?.weighted) };
}

async function checkDuck(names: readonly string[]): Promise<Check> {
  const sum = (of: (name: string) => string) => names.map(of).join(" + ");
  const found = await duck.runAndReadAll(
    `SELECT (${sum((name) => `count(${name})`)})::DOUBLE, (${sum((name) => `sum(${name})`)})::DOUBLE, (${sum((name) => `sum(${name} * row)`)})::DOUBLE FROM result`,
  );
  const [known, total, weighted] = found.getRows()[0] ?? [];
  return { known: Number(known), sum: Number(total), weighted: Number(weighted) };
}

function checkPolars(frame: pl.DataFrame, names: readonly string[]): Check {
  let [known, sum, weighted] = [0, 0, 0];
  const rows = frame.getColumn("row").toArray().map(Number);
  for (const name of names) {
    for (const [i, value] of frame.getColumn(name).toArray().entries()) {
      if (value === null || value === undefined) continue;
      known++;
      sum += Number(value);
      weighted += Number(value) * (rows[i] ?? 0);
    }
  }
  return { known, sum, weighted };
}

function report(views: number, results: readonly (readonly [string, number, Check])[]): void {
  const [ours] = results;
  console.log(`\n${views} views, ${views * perView} features; processor time, best of ${rounds}`);
  for (const [tool, seconds, check] of results) {
    const same =
      JSON.stringify(check) === JSON.stringify(ours?.[2])
        ? "same values"
        : `DIFFERS ${JSON.stringify(check)}`;
    const ratio = ((ours?.[1] ?? 0) / seconds).toFixed(2);
    console.log(
      `${tool.padEnd(36)} ${seconds.toFixed(3).padStart(8)} s   ours / this ${ratio.padStart(5)}   ${same}`,
    );
  }
  if (results.some(([, , check]) => JSON.stringify(check) !== JSON.stringify(ours?.[2])))
    process.exitCode = 1;
}
