/**
 * Load while buckets close: `feature up` plays a recording in a process of its own, 50 connections ask it for a minute, then it gets
 * SIGTERM while they go on asking. Looked at: refusals and broken connections, rows older than they may be, the process's memory, and
 * whether every request that was taken was answered. Exit 1 when something is not as it must be.
 * `npx tsx bench/soak.ts [seconds] [pause between requests of a connection, ms]`
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { PrismClient } from "../src/client/client.js";
import { recordingPath } from "../test/support/recording-path.js";
import { packageRoot, runFeature } from "../test/support/run-feature.js";
import { latenessOf, startLoad, type ToldRow } from "../test/support/steady-load.js";

const seconds = Number(process.argv[2] ?? 60);
const pauseMs = Number(process.argv[3] ?? 50);
const connections = 50;
const name = "trend_v1";
const instrument = "binance/spot/BTCUSDT";
/** How many times as fast as it was; the recording is of 650 s. */
const speed = 3;
const files = ["08", "09"]
  .flatMap((day) => [
    `tardis/binance_trades_2024-08-${day}_BTCUSDT.csv.gz`,
    `tardis/binance_book_snapshot_25_2024-08-${day}_BTCUSDT.csv.gz`,
  ])
  .flatMap((path) => recordingPath(path) ?? []);
if (files.length < 4) {
  console.log("SKIPPED: the recordings are not there");
  process.exit(0);
}

const folder = mkdtempSync(join(tmpdir(), "prism-soak-"));
let isGood = true;
try {
  await prepare();
  await soak();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(isGood ? 0 : 1);

/** The stock project with small buckets, so that several close each second. */
async function prepare(): Promise<void> {
  for (const args of [["init"], ["apply"]]) {
    const { status, stderr } = await runFeature(args, { cwd: folder });
    if (status !== 0) throw new Error(stderr);
    if (args[0] !== "init") continue;
    const file = join(folder, "features.yaml");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace(/(binance\/spot\/BTCUSDT: )[\d.]+$/m, "$10.5"));
  }
}

async function soak(): Promise<void> {
  const child = spawn(
    process.execPath,
    [
      // What is looked at is memory in use. Left alone, Node lets garbage lie until its heap is several times as large, and the engine's
      // allocator keeps for a minute what a close gave back: both look like a leak for as long as this runs.
      "--max-old-space-size=96",
      join(packageRoot, "bin/feature.js"),
      ...["up", "--replay", ...files, "--speed", String(speed), "--port", "0", "--rate-limit", "0"],
    ],
    {
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, JE_MALLOC_CONF: "dirty_decay_ms:1000,muzzy_decay_ms:0" },
    },
  );
  const ended = new Promise<number | null>((resolve) => child.once("close", (status) => resolve(status)));
  let said = "";
  child.stderr.on("data", (part: Buffer) => {
    said += part.toString();
  });
  const url = await until(() => / on (http:\S+)/.exec(said)?.[1]);
  await until(() => (said.includes("replaying") ? true : undefined));

  const told: ToldRow[] = [];
  const listening = (async () => {
    for await (const event of new PrismClient({ url }).events(name)) {
      told.push({ bucketId: event.bucket_id, availableAt: event.available_at });
    }
  })().catch((error) => console.log("EVENTS", error));
  const row = `/v1/vectors/${name}`;
  const load = startLoad(url, {
    connections,
    pauseMs,
    latest: `${row}/latest?instrument=${instrument}`,
    others: [`${row}/sequence?instrument=${instrument}`, row, "/healthz"],
  });
  const memory: number[] = [];
  for (let second = 0; second < seconds; second++) {
    await delay(1000);
    memory.push(residentMiB(child.pid ?? 0));
  }
  const before = load.answers;
  child.kill("SIGTERM");
  const status = await ended;
  await load.stop();
  await listening;

  const ages = load.seen.flatMap(({ status, ageS }) => (status === "fresh" ? [ageS ?? 0] : []));
  const maxAgeS = 120;
  const late = latenessOf(load.seen, told).map((ms) => ms / speed);
  const middle = mean(memory.slice(memory.length / 3, (2 * memory.length) / 3));
  const last = mean(memory.slice((2 * memory.length) / 3));
  say(`${load.answers} answers in ${seconds} s over ${connections} connections`, load.failures.length === 0);
  say(
    `${load.failures.length} failures ${[...new Set(load.failures)].slice(0, 3).join(" | ")}`,
    load.failures.length === 0,
  );
  say(`${told.length} buckets closed meanwhile`, told.length >= seconds / 10);
  say(`slowest answer ${load.slowestMs.toFixed(0)} ms`, true);
  say(
    `oldest row that was given as fresh: ${max(ages).toFixed(1)} s of the market (limit ${maxAgeS})`,
    max(ages) <= maxAgeS,
  );
  say(
    `a newer row could have been used for at most ${max(late).toFixed(0)} ms of the clock, for ${share(late)} of the answers more than 0`,
    max(late) < 1000,
  );
  say(
    `memory ${memory[0]?.toFixed(0)} MiB at first, ${middle.toFixed(0)} in the second third, ${last.toFixed(0)} in the last`,
    last < middle * 1.1,
  );
  say(`SIGTERM: ended with ${status}; ${load.answers - before} answers after it, none lost`, status === 143);
}

function say(text: string, ok: boolean): void {
  isGood &&= ok;
  console.log(`${ok ? "ok  " : "BAD "} ${text}`);
}

async function until<T>(found: () => T | undefined): Promise<T> {
  for (let tries = 0; tries < 1200; tries++) {
    const value = found();
    if (value !== undefined) return value;
    await delay(100);
  }
  throw new Error("the service did not start within two minutes");
}

/** What the process holds in memory; NaN where the system does not say. */
function residentMiB(pid: number): number {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return Number.NaN;
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(file, "utf8"))?.[1]) / 1024;
}

function mean(list: readonly number[]): number {
  return list.reduce((sum, value) => sum + value, 0) / list.length;
}

function max(list: readonly number[]): number {
  return list.reduce((most, value) => Math.max(most, value), 0);
}

function share(late: readonly number[]): string {
  return `${((100 * late.filter((ms) => ms > 0).length) / Math.max(1, late.length)).toFixed(2)} %`;
}
