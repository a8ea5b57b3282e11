/** Clocks by updates and by a score, sizes from history, and jobs, on a recording. One project, one engine. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileProject } from "../../src/compile/compile-project.js";
import { openScratch } from "../../src/engine/open.js";
import type { Engine } from "../../src/engine/port.js";
import { advance, advanceSession } from "../../src/ingest/buckets/advance.js";
import { calibrateClock } from "../../src/ingest/buckets/calibrate-clock.js";
import { type ClockContext, clockContext } from "../../src/ingest/buckets/clock-context.js";
import { storeSizes } from "../../src/ingest/buckets/store-sizes.js";
import type { JobContext } from "../../src/jobs/handler.js";
import { lastRuns } from "../../src/jobs/history.js";
import { runJob } from "../../src/jobs/run-job.js";
import { type SchedulerEvent, startScheduler } from "../../src/jobs/scheduler.js";
import { quoteName } from "../../src/schema/quote.js";
import { renderCreate } from "../../src/schema/render.js";
import type { JobSpec } from "../../src/spec/model.js";
import { parseProject } from "../../src/spec/parse-project.js";
import { ingestPaths } from "../support/ingest-files.js";
import { isSharedFileMissing, sharedFile } from "../support/shared-files.js";
import { type Deployment, tablesOf } from "../support/stock-deployment.js";

const projectFile = `
project: clocks
engine: embedded
targets: { embedded: { engine: embedded, path: .feature/db } }
instruments:
  binance/spot/BTCUSDT: { tick_size: 0.01, lot_size: 0.00001, base: BTC, quote: USDT }
sources: { trades: { table: trades } }
sessions: { night: [22, 6], day: [6, 22] }
clocks:
  ubt: { size: { from: bucket_config } }
  updates: { mode: event, size: 100, target: 10s, max: 20s }
  capped: { size: { from: bucket_config } }
  scored: { mode: quality, size: { from: bucket_config, default: 5 }, quality: { min_trades: 20, cap: 3 } }
`;
const isMissing = ["binance-archive", "tardis"].some((name) => isSharedFileMissing(`data/${name}`));
const job = (change: Partial<JobSpec>): JobSpec => ({
  kind: "job",
  name: "a_job",
  description: "",
  schedule: "0 0 1 1 *",
  timezone: "UTC",
  action: { kind: "sql", sql: "SELECT 1" },
  timeoutMs: undefined,
  retry: { times: 0, backoffMs: 1 },
  missed: "skip",
  at: { file: "jobs/a_job.yaml" },
  scheduleAt: { file: "jobs/a_job.yaml" },
  ...change,
});

describe.skipIf(isMissing)("clocks and jobs on a recording", () => {
  let engine: Engine;
  let jobs: JobContext;
  let deployment: Deployment;
  const clockOf = (name: string): ClockContext =>
    clockContext(engine, deployment.project, deployment.catalog, name, "test");

  beforeAll(async () => {
    engine = await openScratch();
    const specs = parseProject([{ path: "features.yaml", text: projectFile }], {}, "/project");
    const catalog = compileProject(specs);
    for (const database of catalog.databases)
      await engine.execute(`CREATE DATABASE ${database} ENGINE = Atomic`);
    for (const table of tablesOf(catalog)) await engine.execute(renderCreate(table));
    for (const { triggers } of catalog.objects)
      for (const trigger of triggers) await engine.execute(renderCreate(trigger));
    const context = clockContext(engine, specs.project, catalog, "ubt", "test");
    deployment = { engine, project: specs.project, catalog, context };
    jobs = { engine, specs, catalog, owner: "test", now: Date.now };
    const { advanced } = await ingestPaths(deployment, "binance-archive", [
      sharedFile("data/binance-archive/spot/BTCUSDT-trades-2024-08-08.zip"),
    ]);
    expect(advanced.withoutSize).toEqual(["binance/spot/BTCUSDT"]);
    const books = "data/tardis/binance_book_snapshot_25_2024-08-08_BTCUSDT.csv.gz";
    await ingestPaths(deployment, "tardis", [sharedFile(books)]);
  });
  afterAll(() => engine.close());

  interface BucketRow {
    readonly id: number;
    readonly ms: number;
    readonly trades: number;
    readonly trigger: string;
    readonly session: string;
    readonly start: number;
    readonly end: number;
  }
  const buckets = (clock: string): Promise<BucketRow[]> =>
    engine.rows<BucketRow>(
      `SELECT toUInt32(bucket_id) AS id, toFloat64(dateDiff('ms', bucket_ts_start, bucket_ts_end)) AS ms, trades,
         toString(cut_trigger) AS trigger, session, toFloat64(toUnixTimestamp64Milli(bucket_ts_start)) AS start,
         toFloat64(toUnixTimestamp64Milli(bucket_ts_end)) AS end
       FROM ${quoteName(clockOf(clock).compiled.buckets)} FINAL ORDER BY bucket_id`,
    );

  it("cut by book updates: each bucket holds the updates of its interval", async () => {
    await advance(clockOf("updates"));
    const cut = await buckets("updates");
    expect(cut.length).toBeGreaterThan(20);
    expect(new Set(cut.map(({ session }) => session))).toEqual(new Set(["night"]));
    const books = quoteName({ database: deployment.project.databases.raw, name: "orderbooks" });
    for (const { start, end, trades, trigger } of [cut[0], cut.at(-1)].flatMap((one) => one ?? [])) {
      expect(trigger).toBe("event");
      const [row] = await engine.rows<{ updates: string }>(
        `SELECT toString(count()) AS updates FROM ${books} FINAL
         WHERE timestamp >= fromUnixTimestamp64Milli({start:Int64}) AND timestamp < fromUnixTimestamp64Milli({end:Int64})`,
        { params: { start, end } },
      );
      expect(trades).toBe(Number(row?.updates));
      expect(trades).toBeGreaterThanOrEqual(100);
    }
  });

  it("cut by a score: nothing shorter than 80 % of the target, but for the hard cap", async () => {
    await advance(clockOf("scored"));
    const cut = await buckets("scored");
    expect(new Set(cut.map(({ trigger }) => trigger)).has("quality")).toBe(true);
    for (const { ms, trades, trigger } of cut) {
      if (trigger !== "quality") continue;
      expect(ms).toBeGreaterThan(24_000);
      expect(trades).toBeGreaterThanOrEqual(16);
    }
  });

  it("calibrate: shows, then writes, what an instrument without a size is cut with", async () => {
    const options = { lookBackMs: 86_400_000, until: undefined, instruments: undefined };
    const shown = await calibrateClock(clockOf("ubt"), options);
    expect(shown.sizes).toMatchObject([{ current: null, validFrom: 0 }]);
    const [found] = shown.sizes;
    expect(found?.expected.p50).toBeGreaterThan(25);
    expect(found?.expected.p50).toBeLessThan(35);
    expect(found?.expected.p90).toBeLessThan(60);
    expect((await advance(clockOf("ubt"))).withoutSize).toHaveLength(1);
    await storeSizes(clockOf("ubt"), shown.sizes);
    expect((await advance(clockOf("ubt"))).withoutSize).toEqual([]);
    const cut = await buckets("ubt");
    expect(cut.length).toBe(found?.expected.buckets);
    // Now that it is cut, sizes hold from the end of the look-back, and what is cut stays.
    const again = await calibrateClock(clockOf("ubt"), options);
    expect(again.sizes).toMatchObject([{ validFrom: again.until, current: { size: found?.size } }]);
    await storeSizes(clockOf("ubt"), again.sizes);
    await advance(clockOf("ubt"));
    expect(await buckets("ubt")).toEqual(cut);
  });

  it("close the bucket of a quiet instrument when its own time cap is over, which is shorter than the clock's", async () => {
    const capped = clockOf("capped");
    const { sizes } = await calibrateClock(capped, {
      lookBackMs: 86_400_000,
      until: undefined,
      instruments: undefined,
    });
    await storeSizes(
      capped,
      sizes.map((one) => ({ ...one, lots: 10n ** 15n, maxS: 7 })),
    );
    await advance(capped);
    const [open] = await engine.rows<{ start: number }>(
      `SELECT toFloat64(toUnixTimestamp64Milli(open_start)) AS start
       FROM ${deployment.project.databases.features}.bucket_state FINAL WHERE clock = 'capped'`,
    );
    if (open === undefined) throw new Error("no bucket is open");
    const session = advanceSession(capped);
    const closedBy = async (watermark: number) =>
      (await advance(capped, { session, watermark: () => watermark })).bucketsClosed;
    expect(await closedBy(open.start + 6998)).toBe(0);
    expect(await closedBy(open.start + 6999)).toBe(0);
    expect(await closedBy(open.start + 7000)).toBe(1);
    expect((await buckets("capped")).at(-1)).toMatchObject({ start: open.start, ms: 7000, trigger: "time" });
  });

  it("run a job: done, failed after its retries, over its time; each kept in the history", async () => {
    const run = (change: Partial<JobSpec>) =>
      runJob({
        context: jobs,
        job: job(change),
        trigger: "manual",
        dueAt: 0,
        signal: new AbortController().signal,
      });
    const calibrate = {
      kind: "handler",
      handler: "buckets.calibrate",
      with: { clock: "ubt", look_back: "1d" },
    } as const;
    expect(await run({ name: "sizes", action: calibrate })).toMatchObject({
      state: "done",
      message: "sizes: 1 found, 0 written",
    });
    const broken = { kind: "sql", sql: "INSERT INTO nowhere SELECT 1" } as const;
    const failed = await run({ name: "broken", action: broken, retry: { times: 2, backoffMs: 1 } });
    expect(failed).toMatchObject({ state: "failed", attempt: 3 });
    expect(failed.message).toContain("FS_ENGINE_QUERY");
    const slow = { kind: "sql", sql: "SELECT sleep(1) FORMAT Null" } as const;
    expect(await run({ name: "slow", action: slow, timeoutMs: 50 })).toMatchObject({ state: "timeout" });
    const known = await lastRuns(engine, deployment.project);
    expect([...known].map(([name, { state, attempt }]) => [name, state, attempt]).sort()).toEqual([
      ["broken", "failed", 3],
      ["sizes", "done", 1],
      ["slow", "timeout", 1],
    ]);
  });

  it("schedule: makes up for a missed run, runs when due, one at a time, and stops", async () => {
    const events: SchedulerEvent[] = [];
    const everySecond = {
      schedule: "* * * * * *",
      action: { kind: "sql", sql: "SELECT sleep(2) FORMAT Null" },
    } as const;
    const scheduler = await startScheduler({
      // Two days after the runs of the test above.
      context: { ...jobs, now: () => Date.now() + 2 * 86_400_000 },
      jobs: [
        job({ name: "sizes", schedule: "0 3 * * *", missed: "run_once" }),
        job({ name: "slow", schedule: "0 3 * * *", missed: "skip" }),
        job({ name: "busy", ...everySecond }),
      ],
      onEvent: (event) => events.push(event),
    });
    await expect
      .poll(() => events.filter(({ kind }) => kind === "left out").length, { timeout: 20_000 })
      .toBeGreaterThan(1);
    await scheduler.stop();
    const seen = events.length;
    const ended = events.flatMap((event) => (event.kind === "ended" ? [event.run] : []));
    expect(ended).toContainEqual(expect.objectContaining({ job: "sizes", trigger: "missed", state: "done" }));
    expect(ended.some((run) => run.job === "busy")).toBe(true);
    expect(events).toContainEqual(expect.objectContaining({ kind: "left out", job: "slow" }));
    expect(events).toContainEqual(expect.objectContaining({ job: "busy", reason: "it still runs" }));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(events.length).toBe(seen);
    expect((await lastRuns(engine, deployment.project)).get("slow")?.state).toBe("missed");

    // What was stopped was due, and is done by the next scheduler; unless it is not to be made up for.
    const stopped = new AbortController();
    stopped.abort();
    for (const name of ["nightly", "skipped", "by_hand"]) {
      const trigger = name === "by_hand" ? "manual" : "schedule";
      const run = { context: jobs, job: job({ name }), trigger, dueAt: 1, signal: stopped.signal } as const;
      expect(await runJob(run)).toMatchObject({ state: "stopped", message: "it was told to stop" });
    }
    const again: SchedulerEvent[] = [];
    const next = await startScheduler({
      context: jobs,
      jobs: [
        job({ name: "nightly", schedule: "0 3 1 1 *", missed: "run_once" }),
        job({ name: "skipped", schedule: "0 3 1 1 *", missed: "skip" }),
        job({ name: "by_hand", schedule: "0 3 1 1 *", missed: "run_once" }),
      ],
      onEvent: (event) => again.push(event),
    });
    await expect.poll(() => again.length).toBe(1);
    await next.stop();
    expect(again).toMatchObject([
      { kind: "ended", run: { job: "nightly", trigger: "missed", dueAt: 1, state: "done" } },
    ]);
  });
});
