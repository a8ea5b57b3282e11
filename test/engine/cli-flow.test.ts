import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stockMarket } from "../../src/cli/demo/market-model.js";
import { type WrittenFile, writeMarket } from "../../src/cli/demo/write-market.js";
import { loadProject, readProjectFiles } from "../../src/cli/project-files.js";
import { directoryState } from "../../src/engine/directory-state.js";
import { diffNoted } from "../../src/migrate/diff-noted.js";
import { readSeal } from "../../src/migrate/seal.js";
import { expectDocument, expectSchema } from "../support/cli-document.js";
import { featureInProcess } from "../support/feature-in-process.js";
import { runFeature } from "../support/run-feature.js";

const folder = mkdtempSync(join(tmpdir(), "prism-cli-flow-"));
const project = join(folder, "project");
let files: readonly WrittenFile[] = [];
/** Of the day after, which only the replay reads. */
let later: readonly WrittenFile[] = [];
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a command in the project with --json; the document, checked against its schema, and the exit status. */
async function feature(...args: string[]) {
  const { status, stdout, stderr } = await runFeature([...args, "--json", "--quiet"], { cwd: project });
  expect(stderr).toBe("");
  return { status, document: expectDocument(stdout) };
}

/** The same in this process, for what is not the first of its kind. */
const again = (...args: string[]) => featureInProcess(args, project);

const paths = (layout: string) => files.filter((file) => file.layout === layout).map(({ path }) => path);
const rows = (layout: string) =>
  files.filter((file) => file.layout === layout).reduce((sum, file) => sum + file.rows, 0);

beforeAll(async () => {
  const startMs = Date.UTC(2024, 2, 5, 23, 42);
  const written = await writeMarket(join(folder, "market"), { ...stockMarket, startMs, hours: 0.4 });
  files = written.filter(({ path }) => path.includes("2024-03-05"));
  later = written.filter(({ path, layout }) => path.includes("2024-03-06") && layout === "binance-archive");
});

// One story: each step works on what the step before it left.
describe.sequential("the commands on a simulated market", () => {
  it("init writes a project, once", async () => {
    const first = await runFeature(["init", project, "--json"]);
    const written = expectDocument(first.stdout).files as string[];
    expect(readdirSync(project).sort()).toEqual(
      [".gitignore", "features", "features.yaml", "jobs", "models", "schemas", "sources"].sort(),
    );
    expect(readFileSync(join(project, ".gitignore"), "utf8")).toContain(".feature/");
    expect(written.some((path) => path.startsWith("schemas/cli"))).toBe(false);

    writeFileSync(
      join(project, "features.yaml"),
      `${readFileSync(join(project, "features.yaml"), "utf8")}# mine\n`,
    );
    const second = await runFeature(["init", project, "--json"]);
    expect(second.status).toBe(1);
    const { errors } = expectDocument(second.stdout);
    expect(errors?.[0]).toMatchObject({ code: "FS_CLI_FILE_EXISTS" });
    expect(errors?.[0]?.message).toContain("features/vpin.yaml");
    expect(readFileSync(join(project, "features.yaml"), "utf8")).toContain("# mine");

    expect((await runFeature(["init", project, "--force"])).status).toBe(0);
    expect(readFileSync(join(project, "features.yaml"), "utf8")).not.toContain("# mine");
  });

  it("every $schema line of the new project points to a file", () => {
    const yaml = readdirSync(project, { recursive: true, withFileTypes: true }).filter((file) =>
      file.name.endsWith(".yaml"),
    );
    expect(yaml.length).toBeGreaterThan(5);
    for (const { parentPath, name } of yaml) {
      const path = /\$schema=(\S+)/.exec(readFileSync(join(parentPath, name), "utf8"))?.[1] ?? "none";
      expect(() => JSON.parse(readFileSync(join(parentPath, path), "utf8"))).not.toThrow();
    }
  });

  it("validate finds nothing wrong, and everything that is", async () => {
    const { status, document } = await feature("validate");
    expect({ status, ok: document.ok }).toEqual({ status: 0, ok: true });
    expect(document.views).toContain("kyle_lambda");

    // From here on the views of the vector, and one of minutes: what the commands show does not depend on how many there are.
    const minutes = readFileSync(join(project, "features/trades_1m.yaml"), "utf8");
    rmSync(project, { recursive: true });
    mkdirSync(project);
    const { document: lean } = await again("init", "--lean");
    const views = (lean.files as string[]).flatMap(
      (file) => /^features\/([^/]+)\.yaml$/.exec(file)?.[1] ?? [],
    );
    expect(views).toEqual([
      "book_state",
      "mid_by_bucket",
      "order_flow",
      "trade_impact",
      "vpin",
      "vpin_by_bucket",
    ]);
    writeFileSync(join(project, "features/trades_1m.yaml"), minutes);

    const path = join(project, "features/vpin.yaml");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace("windows:", "widows:").replace("owner:", "woner:"));
    const broken = await again("validate");
    writeFileSync(path, text);
    expect(broken.status).toBe(1);
    expect(broken.document.errors?.length).toBeGreaterThan(1);
    expect(broken.document.errors?.[0]).toMatchObject({ file: "features/vpin.yaml", line: 4, column: 1 });
  });

  it("validate needs no variable of a target, whatever is the default; others name the missing one", async () => {
    const path = join(project, "features.yaml");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace("engine: embedded #", "engine: prod #"));
    const valid = await again("validate");
    const status = await again("status");
    writeFileSync(path, text);
    expect(valid.status).toBe(0);
    expect(status.status).toBe(1);
    expect(status.document.errors?.map(({ code }) => code)).toContain("FS_SPEC_ENV");
    expect(status.document.errors?.[0]?.message).toContain("CLICKHOUSE_URL");
  });

  it.each(["status", "history", "buckets status", "buckets build", "ingest tardis x.gz"])(
    "%s before apply names apply",
    async (line) => {
      const { errors } = await again(...line.split(" "));
      expect(errors).toMatchObject([{ code: "FS_REGISTRY_EMPTY", exit: 1 }]);
      expect(errors[0]?.hint).toContain("feature apply");
    },
  );

  it("apply deploys, and then has nothing to do", async () => {
    const first = await feature("apply");
    expect(first).toMatchObject({ status: 0, document: { nothingToDo: false } });
    expect((await again("apply", "--frozen")).document).toMatchObject({
      nothingToDo: true,
      migrations: [],
    });
    expect((await again("history")).document.revisions).toHaveLength(2);
  });

  it("ingest stores trades and closes buckets; the same files again change nothing", async () => {
    const first = await feature("ingest", "binance-archive", ...paths("binance-archive"));
    expect(first.document).toMatchObject({
      read: rows("binance-archive"),
      stored: rows("binance-archive"),
      duplicate: 0,
      rejected: 0,
      late: 0,
      tradesCut: rows("binance-archive"),
    });
    expect((first.document.instruments as string[]).toSorted()).toEqual([
      "binance/linear/BTCUSDT",
      "binance/linear/ETHUSDT",
      "binance/spot/BTCUSDT",
    ]);
    expect(first.document.bucketsClosed).toBeGreaterThan(20);

    expect(await again("ingest", "binance-archive", ...paths("binance-archive"))).toMatchObject({
      status: 0,
      document: { stored: 0, duplicate: rows("binance-archive"), bucketsClosed: 0, bucketsRecomputed: 0 },
    });
  });

  it("ingest of books computes the buckets of their time again", async () => {
    const { document } = await feature("ingest", "tardis", ...paths("tardis"));
    expect(document).toMatchObject({ rejected: 0, bucketsClosed: 0 });
    expect(document.bucketsRecomputed).toBeGreaterThan(20);
  });

  it("buckets rebuild cuts by both clocks, and leaves the rows of both", async () => {
    const rows = async () => {
      const counts = ["order_flow", "trades_1m"].map(
        (view) =>
          `SELECT '${view}' AS view, symbol, count() AS rows FROM marketprism_features.${view} GROUP BY symbol`,
      );
      const sql = `SELECT * FROM (${counts.join(" UNION ALL ")}) ORDER BY view, symbol`;
      return JSON.parse((await runFeature(["sql", sql, "--json"], { cwd: project })).stdout);
    };
    const before = await rows();
    const { document } = await feature("status");
    const [{ exchange, market_type: market, symbol } = {}] = document.instruments as Record<string, string>[];
    const rebuilt = await feature("buckets", "rebuild", `${exchange}/${market}/${symbol}`);
    expect(rebuilt.document.clocks).toMatchObject([
      { clock: "ubt", cutVersion: 2 },
      { clock: "every_1m", cutVersion: 2 },
    ]);
    // Nothing was late, so the same buckets come out.
    expect(await rows()).toEqual(before);
  });

  it("status counts what ingest did, and a diff behind it has nothing to look at", async () => {
    const path = join(project, ".feature/db");
    const seal = readSeal(await readProjectFiles(project), { kind: "embedded", name: "embedded", path });
    expect(seal?.state).toBe(directoryState(path, "marketprism_registry"));
    const { document } = await feature("status");
    expect(document).toMatchObject({ upToDate: true, pending: [], needed: [] });
    const rows = document.instruments as { clock: string; pending: number; buckets: number }[];
    expect(rows.filter(({ clock }) => clock === "ubt")).toHaveLength(3);
    expect(rows.filter(({ clock }) => clock === "every_1m")).toHaveLength(3);
    for (const row of rows) {
      expect(row.pending).toBe(0);
      expect(row.buckets).toBeGreaterThan(5);
    }
    expect((await again("buckets", "status")).document.instruments).toEqual(document.instruments);
    expect((await feature("buckets", "build")).document.clocks).toMatchObject([
      { clock: "ubt", trades: 0 },
      { clock: "every_1m", trades: 0 },
    ]);
  });

  it("fetch writes every bucket, and a spine's rows", async () => {
    const all = await feature("fetch", "--vector", "trend_v1", "--every-bucket", "--out", "all.csv");
    const lines = readFileSync(join(project, "all.csv"), "utf8").trim().split("\n");
    expect(all.document).toMatchObject({ rows: lines.length - 1, out: { path: "all.csv", format: "csv" } });
    expect(lines[0]).toMatch(/^"?exchange"?,"?market_type"?,"?symbol"?,"?bucket_id"?,/);

    const spine = "exchange,market_type,symbol,ts\nbinance,spot,BTCUSDT,2024-03-05 23:57:00.000\n";
    writeFileSync(join(project, "spine.csv"), spine);
    const one = await again("fetch", "--vector", "trend_v1", "--spine", "spine.csv", "--out", "one.parquet");
    expect(one.document).toMatchObject({ rows: 1, matched: 1, missing: 0, stale: 0 });
  });

  it("labels, folds and a report follow from what is stored, as it was at a revision", async () => {
    const built = await again("labels", "build", "trend_3");
    expect(built).toMatchObject({ status: 0, document: { labels: [{ label: "trend_3", instruments: 3 }] } });
    const sets = ["now.csv", "then.csv"].map((out) => [
      "--every-bucket",
      "--labels",
      "trend_3",
      "--out",
      out,
    ]);
    const fetched = [
      await again("fetch", "--vector", "trend_v1", ...(sets[0] ?? [])),
      await again("fetch", "--vector", "trend_v1", ...(sets[1] ?? []), "--as-of-revision", "2"),
    ];
    const texts = ["now.csv", "then.csv"].map((name) => readFileSync(join(project, name), "utf8"));
    expect(texts[1]).toBe(texts[0]);
    const revisions = ["now.csv", "then.csv"].map(
      (name) => JSON.parse(readFileSync(join(project, `${name}.manifest.json`), "utf8")).revision,
    );
    expect(revisions).toEqual([2, 2]);
    const rows = (texts[0]?.trim().split("\n").length ?? 0) - 1;
    expect(fetched.map(({ document }) => document.rows)).toEqual([rows, rows]);

    const labelEnd = ["--label-end", "trend_3__label_end_ts"];
    const split = await feature(
      "split",
      "now.csv",
      ...labelEnd,
      "--folds",
      "2",
      "--embargo",
      "10s",
      "--out",
      "folds",
    );
    expect(split.document).toMatchObject({ rows, folds: [{ fold: 1 }, { fold: 2 }] });
    expect(readdirSync(join(project, "folds")).sort()).toEqual(["fold_1", "fold_2", "splits.json"]);

    const columns = ["--prediction", "order_flow__imbalance", "--label", "trend_3__raw_return", ...labelEnd];
    const report = await feature(
      "evaluate",
      "now.csv",
      ...columns,
      "--samples",
      "20",
      "--html",
      "report.html",
    );
    expect(report).toMatchObject({ status: 0, document: { rowsRead: rows, html: "report.html" } });
    expect(readFileSync(join(project, "report.html"), "utf8")).toContain("<svg");
  });

  it.each([
    [
      ["fetch", "--vector", "trend_v1", "--every-bucket", "--as-of-revision", "9", "--out", "x.csv"],
      1,
      "FS_FETCH_REVISION",
    ],
    [["split", "all.csv", "--label-end", "nothing", "--out", "nowhere"], 64, "FS_FETCH_COLUMN"],
    [["fetch", "--vector", "trend_v1", "--out", "x.csv"], 64, "FS_CLI_USAGE"],
    [["fetch", "--vector", "trend_1", "--every-bucket", "--out", "x.csv"], 64, "FS_CLI_USAGE"],
    [
      ["fetch", "--vector", "trend_v1", "--every-bucket", "--spine", "s.csv", "--out", "x.csv"],
      64,
      "FS_CLI_USAGE",
    ],
    [["ingest", "binance", "x.zip"], 64, "FS_CLI_USAGE"],
    [["ingest", "csv", "x.csv", "--map", "coinbse"], 64, "FS_CLI_USAGE"],
    [["ingest", "csv", "x.csv", "--instrument", "BTCUSDT"], 64, "FS_CLI_USAGE"],
    [["ingest", "tardis", "nothing-here.csv.gz"], 1, "FS_INGEST_NO_FILE"],
    [["status", "--target", "staging"], 64, "FS_CLI_NO_TARGET"],
    [["sql", "SELECT * FROM nowhere"], 1, "FS_ENGINE_QUERY"],
  ])("feature %j ends with %i, %s", async (args, expected, code) => {
    const there = args.map((arg) => (arg === "all.csv" ? join(project, arg) : arg));
    expect((await again(...there)).errors[0]).toMatchObject({ exit: expected, code });
  });

  it("up replays what came later into both clocks, and leaves nothing to cut", async () => {
    const buckets = async () => {
      const { document } = await again("status");
      const counts = document.instruments as { clock: string; buckets: number; pending: number }[];
      expect(counts.every(({ pending }) => pending === 0)).toBe(true);
      return counts.map(({ clock, buckets: count }) => ({ clock, count }));
    };
    const before = await buckets();
    const paths = later.map(({ path }) => path);
    const rows = later.reduce((sum, file) => sum + file.rows, 0);
    const replay = ["--replay", ...paths, "--speed", "100000", "--exit", "--no-jobs", "--port", "0"];
    const { status, document } = await feature("up", ...replay);
    expect({ status, document }).toMatchObject({
      status: 0,
      document: { read: rows, stored: rows, duplicate: 0, rejected: 0, late: 0 },
    });
    const after = await buckets();
    const closed = (of: string) =>
      after.reduce(
        (sum, { clock, count }, at) => sum + (clock === of ? count - (before[at]?.count ?? 0) : 0),
        0,
      );
    // Six minutes of three instruments; minutes are not counted as buckets that closed.
    expect(closed("every_1m")).toBe(18);
    expect(closed("ubt")).toBe(document.bucketsClosed);
    expect(closed("ubt")).toBeGreaterThan(15);
    expect((await again("buckets", "build")).document.clocks).toMatchObject([
      { clock: "ubt", trades: 0 },
      { clock: "every_1m", trades: 0 },
    ]);
  });

  it("verify names buckets that wait for their features: no check can look at them", async () => {
    expect((await again("verify", "monotonic")).document).toMatchObject({ ok: true, waiting: [] });
    const forget =
      "ALTER TABLE marketprism_features.closes DELETE WHERE clock = 'every_1m' AND market_type = 'spot' SETTINGS mutations_sync = 2";
    expect((await again("sql", forget, "--write")).status).toBe(0);
    const { waiting } = (await again("verify", "monotonic")).document;
    expect(waiting).toMatchObject([{ clock: "every_1m", instrument: expect.stringContaining("/spot/") }]);
    await again("buckets", "build");
    expect((await again("verify", "monotonic")).document).toMatchObject({ ok: true, waiting: [] });
  });

  it("sql prints bare rows with --json, a table for people, and writes only with --write", async () => {
    const scripts = await runFeature(["sql", "SELECT 1 AS a, toUInt64(2) AS b, NULL AS c", "--json"], {
      cwd: project,
    });
    expect(JSON.parse(scripts.stdout)).toEqual([{ a: 1, b: "2", c: null }]);
    expectSchema("sql", JSON.parse(scripts.stdout));

    const people = await runFeature(["sql", "SELECT 1 AS a, 'x' AS name"], { cwd: project });
    expect(people).toEqual({ status: 0, stderr: "", stdout: "a  name\n─  ────\n1  x\n\n1 row\n" });
    expect((await again("sql", "SHOW TABLES FROM marketprism_features")).document).toContainEqual({
      name: "order_flow",
    });

    const create = "CREATE TABLE marketprism_features.mine (x Int64) ENGINE = Memory";
    expect((await again("sql", create)).status).toBe(64);
    expect((await again("sql", create, "--write")).status).toBe(0);
  });

  it("a changed view must be applied before anything is stored or fetched", async () => {
    const path = join(project, "features/order_flow.yaml");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace('sql: "sum(quantity)"', 'sql: "2 * sum(quantity)"'));
    const changed = readFileSync(path, "utf8") !== text;
    const { status, document } = await again("buckets", "build");
    // Whatever was stored, computed and made by hand meanwhile: each command left a note that plans the change without the engine.
    const specs = await loadProject({ project, target: undefined }, {});
    const target = {
      target: "embedded",
      path: join(project, ".feature/db"),
      registry: "marketprism_registry",
    };
    const planned = await diffNoted(project, target, { specs, consumers: [] });
    writeFileSync(path, text);
    expect(planned?.migrations).toHaveLength(1);
    expect(planned?.backfill?.rows).toBeGreaterThan(rows("binance-archive") / 2);
    expect(changed).toBe(true);
    expect({ status, code: document.errors?.[0]?.code }).toEqual({ status: 1, code: "FS_CLI_NOT_APPLIED" });
  });
});
