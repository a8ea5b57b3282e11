/**
 * The point-in-time join of training sets against DuckDB and Polars, in one run on one data set: 100,000 moments, 1,000,000 buckets of
 * 20 instruments, 1, 5 and 20 views of two features each. `npx tsx bench/point-in-time.ts [rounds] [views,…]`.
 *
 * Every tool gives the same rows and keeps them in memory: the spine's columns in the spine's order, then bucket, its end, when it was
 * known, its age, and its features, of the last bucket known by `ts` and not older than 120 s, NULL where there is none. All numbers are
 * compared. Two pairings, each of like with like:
 *
 * - in memory: uncompressed columns (ours in a table without codecs, which the system holds in memory), loaded before the clock starts;
 *   the others on one wide table, which is what a vector is, and on a table a view, which is how feature stores keep them;
 * - as stored: ours from the compressed table that a project has, the others from a compressed parquet file.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import pl from "nodejs-polars";
import { pointInTimeQuery } from "../src/compile/point-in-time.js";
import { openEngine } from "../src/engine/open.js";
import { readSpineContents } from "../src/fetch/spine-contents.js";

const buckets = 1_000_000;
const moments = 100_000;
const instruments = 20;
const perView = 2;
const maxAgeMs = 120_000;
const startMs = 1_700_000_000_000;
const rounds = Number(process.argv[2] ?? 15);
/** Of joins with a table a view, which take seconds. */
const fewRounds = Math.min(rounds, 3);
const keys = ["exchange", "market_type", "symbol"];
/** Of a bucket beside its features, in the order of the result, where `age_s` follows. */
const bucketColumns = ["bucket_id", "bucket_ts_end", "available_at"];

const folder = mkdtempSync(join(tmpdir(), "bench-point-in-time-"));
const spinePath = join(folder, "spine.parquet");
const vectorPath = join(folder, "vector.parquet");
const engine = await openEngine({ kind: "embedded", name: "bench", path: join(folder, "db") });
const duck = await (await DuckDBInstance.create(":memory:")).connect();

interface Check {
  readonly known: number;
  /** Sums over all columns of value and of value times row: exact, because the values are small integers. */
  readonly sum: number;
  readonly weighted: number;
}

type Run = () => unknown;

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
    fromUnixTimestamp64Milli(toInt64(${startMs} + cityHash64(number, 1) % 1550000000), 'UTC') FROM numbers(${moments})`);
  await engine.exportTo(
    spinePath,
    "Parquet",
    "SELECT toInt64(row) AS row, toString(exchange) AS exchange, toString(market_type) AS market_type, toString(symbol) AS symbol, toUnixTimestamp64Milli(ts) AS ts FROM bench.spine ORDER BY row",
  );
  await duck.run(`CREATE TABLE spine AS SELECT * FROM read_parquet('${spinePath}')`);
}

/** A bucket every 30 s or so of each instrument; one value of twenty is NULL. With codecs, without, and as a file. */
async function makeVector(names: readonly string[]): Promise<void> {
  const create = (table: string, growing: string, plain: string, feature: string) =>
    engine.execute(`CREATE OR REPLACE TABLE bench.${table} (${keys.map((key) => `${key} LowCardinality(String)${plain}`).join(", ")},
    bucket_id UInt64${growing}, bucket_ts_start DateTime64(3, 'UTC')${growing}, bucket_ts_end DateTime64(3, 'UTC')${growing},
    available_at DateTime64(3, 'UTC')${growing}, ${names.map((name) => `\`${name}\` Nullable(Float64)${feature}`).join(", ")}, v UInt64)
    ENGINE = ReplacingMergeTree(v) PARTITION BY toYYYYMM(bucket_ts_start) ORDER BY (exchange, market_type, symbol, bucket_id)`);
  await create("stored", " CODEC(Delta, ZSTD(1))", "", " CODEC(ZSTD(1))");
  await create("plain", " CODEC(NONE)", " CODEC(NONE)", " CODEC(NONE)");
  const value = (i: number) =>
    `if(cityHash64(number, ${i}) % 20 = 0, NULL, toFloat64(cityHash64(number, ${i}) % 1000))`;
  await engine.execute(`INSERT INTO bench.stored SELECT 'binance', 'spot', concat('SYM', toString(number % ${instruments})),
    intDiv(number, ${instruments}) + 1, fromUnixTimestamp64Milli(ends - 1, 'UTC'), fromUnixTimestamp64Milli(ends, 'UTC'),
    fromUnixTimestamp64Milli(ends + 150, 'UTC'), ${names.map((_, i) => value(i)).join(", ")}, 1
    FROM (SELECT number, toInt64(${startMs} + intDiv(number, ${instruments}) * 30000 + cityHash64(number, 'end') % 29000) AS ends FROM numbers(${buckets}))`);
  await engine.execute("INSERT INTO bench.plain SELECT * FROM bench.stored");
  for (const table of ["stored", "plain"]) await engine.execute(`OPTIMIZE TABLE bench.${table} FINAL`);
  const list = names.map((name) => `\`${name}\``).join(", ");
  await engine.exportTo(
    vectorPath,
    "Parquet",
    `SELECT toString(exchange) AS exchange, toString(market_type) AS market_type, toString(symbol) AS symbol, toInt64(bucket_id) AS bucket_id,
      toUnixTimestamp64Milli(bucket_ts_end) AS bucket_ts_end, toUnixTimestamp64Milli(available_at) AS available_at, ${list}
      FROM bench.stored ORDER BY available_at, bucket_id`,
  );
}

async function compare(views: number): Promise<void> {
  const names = features(views);
  await makeVector(names);
  const groups = Array.from({ length: views }, (_, view) =>
    names.filter((name) => name.startsWith(`v${view}__`)),
  );
  await duck.run(`CREATE OR REPLACE TABLE vector AS SELECT * FROM read_parquet('${vectorPath}')`);
  for (const [view, own] of groups.entries()) {
    await duck.run(
      `CREATE OR REPLACE TABLE view_${view} AS SELECT ${[...keys, ...bucketColumns, ...own].join(", ")} FROM vector`,
    );
  }
  const spine = pl.readParquet(spinePath);
  const vector = pl.readParquet(vectorPath);
  const frames = groups.map((own) => vector.select(...keys, ...bucketColumns, ...own));
  let polars = spine;

  const ours = (name: string, label: string) =>
    measure(
      label,
      () => ourJoin(name, names),
      () => checkOurs(names),
    );
  const duckdb = (label: string, from: readonly string[], columns: readonly (readonly string[])[]) =>
    measure(
      label,
      () => duck.run(`CREATE OR REPLACE TABLE result AS ${duckJoin(columns, from)}`),
      () => checkDuck(names),
      from.length > 1 ? fewRounds : rounds,
    );
  const polarsRun = (label: string, run: () => pl.DataFrame, times = rounds) =>
    measure(
      label,
      () => {
        polars = run();
      },
      async () => checkPolars(polars, names),
      times,
    );

  report(`${views} views, ${names.length} features, in memory`, [
    await ours("plain", "ours: one ASOF join on the vector"),
    await duckdb("DuckDB, one wide table", ["vector"], [names]),
    ...(views === 1
      ? []
      : [
          await duckdb(
            "DuckDB, a table a view",
            groups.map((_, view) => `view_${view}`),
            groups,
          ),
        ]),
    await polarsRun("Polars, one wide table", () => polarsJoin(spine, [vector], [names])),
    ...(views === 1
      ? []
      : [await polarsRun("Polars, a table a view", () => polarsJoin(spine, frames, groups), fewRounds)]),
  ]);
  report(`${views} views, ${names.length} features, as stored`, [
    await ours("stored", "ours: the vector's compressed table"),
    await duckdb("DuckDB, from the parquet file", [`read_parquet('${vectorPath}')`], [names]),
    await polarsRun("Polars, from the parquet file", () =>
      polarsJoin(spine, [pl.readParquet(vectorPath)], [names]),
    ),
  ]);
}

interface Measured {
  readonly tool: string;
  readonly best: number;
  readonly median: number;
  readonly check: Check;
}

async function measure(
  tool: string,
  run: Run,
  check: () => Promise<Check>,
  times = rounds,
): Promise<Measured> {
  const seconds: number[] = [];
  for (let round = 0; round < times; round++) {
    // Processor time, not the clock's: all of them run in this process, and the machine may have other work.
    const began = process.cpuUsage();
    await run();
    const { user, system } = process.cpuUsage(began);
    seconds.push((user + system) / 1e6);
  }
  seconds.sort((a, b) => a - b);
  const median = seconds[Math.floor(times / 2)] ?? Number.NaN;
  return { tool, best: seconds[0] ?? Number.NaN, median, check: await check() };
}

/** What a fetch does between the staged spine and the joined table. */
async function ourJoin(name: string, names: readonly string[]): Promise<void> {
  const spine = { database: "bench", name: "spine" };
  const { sql, params } = pointInTimeQuery({
    spine: {
      table: spine,
      columns: ["row", ...keys, "ts"],
      orderBy: "row",
      contents: await readSpineContents(engine, spine),
    },
    vector: { table: { database: "bench", name }, features: names },
    maxAgeMs,
    packed: true,
  });
  await engine.execute("DROP TABLE IF EXISTS bench.result SYNC");
  await engine.execute(`CREATE TABLE bench.result ENGINE = Memory AS ${sql}`, { params });
}

function duckJoin(groups: readonly (readonly string[])[], tables: readonly string[]): string {
  const fresh = (i: number) => `s.ts - t${i}.available_at <= ${maxAgeMs}`;
  const values = [
    ...bucketColumns.map((name) => `CASE WHEN ${fresh(0)} THEN t0.${name} END AS ${name}`),
    `CASE WHEN ${fresh(0)} THEN (s.ts - t0.available_at) / 1000 END AS age_s`,
    ...groups.flatMap((own, i) =>
      own.map((name) => `CASE WHEN ${fresh(i)} THEN t${i}.${name} END AS ${name}`),
    ),
  ];
  const joins = tables.map(
    (table, i) =>
      `ASOF LEFT JOIN ${table} AS t${i} ON ${keys.map((key) => `s.${key} = t${i}.${key}`).join(" AND ")} AND s.ts >= t${i}.available_at`,
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
    const from = i === 0 ? table : table.drop("bucket_id", "bucket_ts_end");
    const known = `known_${i}`;
    joined = joined.joinAsof(from.rename({ available_at: known }), {
      leftOn: "ts",
      rightOn: known,
      by: keys,
      strategy: "backward",
    });
    const fresh = pl.col("ts").sub(pl.col(known)).ltEq(pl.lit(maxAgeMs));
    const ifFresh = (value: pl.Expr, name: string) =>
      pl.when(fresh).then(value).otherwise(pl.lit(null)).as(name);
    const own = [...(i === 0 ? ["bucket_id", "bucket_ts_end"] : []), ...(groups[i] ?? [])];
    joined = joined.withColumns(
      ...own.map((name) => ifFresh(pl.col(name), name)),
      ...(i === 0
        ? [
            ifFresh(pl.col(known), "available_at"),
            ifFresh(pl.col("ts").sub(pl.col(known)).div(pl.lit(1000)), "age_s"),
          ]
        : []),
    );
    joined = joined.drop(known);
  }
  return joined.sort("row");
}

/** The sums that check a result; times count from a moment near them, which keeps the sums exact. */
function sums(names: readonly string[], ofTime: (name: string) => string): string {
  const values = [
    ...names,
    "bucket_id",
    "round(age_s * 1000)",
    ...["bucket_ts_end", "available_at"].map((name) => `(${ofTime(name)} - ${startMs}) % 100000`),
  ];
  const total = (of: (value: string) => string) => values.map((value) => `sum(${of(value)})`).join(" + ");
  const known = values.map((value) => `count(${value})`).join(" + ");
  return `SELECT (${known}) * 1.0 AS known, (${total((value) => value)}) * 1.0 AS sum,
    (${total((value) => `(${value}) * row`)}) * 1.0 AS weighted FROM`;
}

async function checkOurs(names: readonly string[]): Promise<Check> {
  const [row] = await engine.rows<Record<keyof Check, string | number>>(
    `${sums(names, (name) => `toUnixTimestamp64Milli(${name})`)} bench.result`,
  );
  return { known: Number(row?.known), sum: Number(row?.sum), weighted: Number(row?.weighted) };
}

async function checkDuck(names: readonly string[]): Promise<Check> {
  const found = await duck.runAndReadAll(`${sums(names, (name) => name)} result`);
  const [known, sum, weighted] = (found.getRowsJson()[0] ?? []).map(Number);
  return { known: Number(known), sum: Number(sum), weighted: Number(weighted) };
}

function checkPolars(frame: pl.DataFrame, names: readonly string[]): Check {
  let [known, sum, weighted] = [0, 0, 0];
  const rows = frame.getColumn("row").toArray().map(Number);
  const add = (column: string, value: (found: number) => number) => {
    for (const [i, found] of frame.getColumn(column).toArray().entries()) {
      if (found === null || found === undefined) continue;
      known++;
      sum += value(Number(found));
      weighted += value(Number(found)) * (rows[i] ?? 0);
    }
  };
  for (const name of [...names, "bucket_id"]) add(name, (found) => found);
  add("age_s", (found) => Math.round(found * 1000));
  for (const name of ["bucket_ts_end", "available_at"]) add(name, (found) => (found - startMs) % 100_000);
  return { known, sum, weighted };
}

function report(title: string, results: readonly Measured[]): void {
  const [ours] = results;
  if (ours === undefined) return;
  console.log(
    `\n${title}; processor time in seconds, best and median of ${rounds}, and ours as a multiple of it`,
  );
  for (const { tool, best, median, check } of results) {
    const equal = JSON.stringify(check) === JSON.stringify(ours.check);
    if (!equal) process.exitCode = 1;
    const times = [best, median].map((one) => one.toFixed(3).padStart(7)).join("");
    const ratios = [ours.best / best, ours.median / median].map((one) => one.toFixed(2).padStart(6)).join("");
    const values = equal ? "same values" : `DIFFERS ${JSON.stringify(check)}`;
    console.log(`${tool.padEnd(36)}${times}  ×${ratios}   ${values}`);
  }
}
