/**
 * Serving, on a recording: a read of the online store, and the latest row over HTTP against the same route that reads the row from
 * Redis on a local socket: once the row is one text, once a hash with a field a feature. All of them are routes of the service's
 * base application, so requests pass the same checks, hooks, headers and metrics, and the answers are the same bytes.
 *
 * The serving process has a core to itself; the process that makes load and Redis share the other one, where they have time to spare
 * (what they took is printed), so that in every case it is the serving process that is measured. The routes take turns.
 * `npx tsx bench/serve.ts [seconds of a round] [rounds]`; a redis-server on the path, or named by REDIS_SERVER, is started and ended.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { Redis } from "ioredis";
import { baseApp } from "../src/serve/base-app.js";
import { Metrics } from "../src/serve/metrics.js";
import { vectorParams } from "../src/serve/schemas/common.js";
import { latestQuery } from "../src/serve/schemas/latest.js";
import { rowFields } from "../src/serve/wire/row-json.js";
import { recordingPath } from "../test/support/recording-path.js";
import { type ServedRecording, serveRecording } from "../test/support/served-recording.js";
import { runLoad } from "./load.js";

const seconds = Number(process.argv[2] ?? 10);
const rounds = Number(process.argv[3] ?? 3);
const connections = 50;
const name = "trend_v1";
const instrument = "binance/spot/BTCUSDT";
const path = `/v1/vectors/${name}/latest?instrument=${instrument}`;
/** Where processes that are not measured run. */
const apart = ["taskset", "-c", "1"];
const files = [
  "binance-archive/spot/BTCUSDT-trades-2024-08-08.zip",
  "binance-archive/spot/BTCUSDT-trades-2024-08-09.zip",
  "tardis/binance_book_snapshot_25_2024-08-08_BTCUSDT.csv.gz",
  "tardis/binance_book_snapshot_25_2024-08-09_BTCUSDT.csv.gz",
].flatMap((path) => recordingPath(path) ?? []);
if (files.length < 4) {
  console.log("SKIPPED: the recordings are not there");
  process.exit(0);
}

const served = await serveRecording(60);
await served.ingest("binance-archive", files.slice(0, 2));
await served.ingest("tardis", files.slice(2));
served.now = served.store.byId(name, instrument, 74)?.availableAt ?? 0;
readStore(served);
spawnSync("taskset", ["-a", "-p", "-c", "0", `${process.pid}`]);
await readHttp(served);
await served.deployment.engine.close();

function readStore({ store }: ServedRecording): void {
  const reads = 1_000_000;
  const time = (what: string, read: () => unknown) => {
    for (let count = 0; count < 10_000; count++) read();
    const began = performance.now();
    for (let count = 0; count < reads; count++) read();
    console.log(`${what.padEnd(44)} ${((1000 * (performance.now() - began)) / reads).toFixed(3)} µs`);
  };
  time("online store: latest row", () => store.latest(name, instrument));
  time("online store: row of a bucket", () => store.byId(name, instrument, 40));
}

interface Round {
  /** Requests a second. */
  readonly rate: number;
  /** Processor time a request, microseconds: of the serving process, and of the one that asks. */
  readonly cpuUs: number;
  readonly clientUs: number;
}

async function readHttp(recording: ServedRecording): Promise<void> {
  const open = await recording.open({ limits: { requestsPerSecond: 0 } });
  const server = process.env.REDIS_SERVER ?? "redis-server";
  if (spawnSync(server, ["--version"]).status !== 0) {
    console.log(`HTTP latest row, from memory: ${words(await round(open.url))}`);
    console.log("SKIPPED: the same over Redis (no redis-server on the path)");
    return open.close();
  }
  const folder = mkdtempSync(join(tmpdir(), "prism-redis-"));
  const socket = join(folder, "redis.sock");
  const [first = "", ...rest] = [...apart, server, "--port", "0", "--unixsocket", socket, "--save", ""];
  const child = spawn(first, [...rest, "--dir", folder], { stdio: "ignore" });
  const apps: FastifyInstance[] = [];
  try {
    for (let tries = 0; !existsSync(socket) && tries < 100; tries++) await delay(50);
    const redis = new Redis({ path: socket, enableAutoPipelining: true });
    await storeRow(recording, redis);
    const sides = [{ what: "from memory", url: open.url, rounds: [] as Round[] }];
    for (const [what, read] of Object.entries(redisReaders(recording, redis))) {
      const app = await latestOver(recording, read);
      apps.push(app);
      sides.push({ what, url: await app.listen({ host: "127.0.0.1", port: 0 }), rounds: [] });
    }
    const answers = await Promise.all(sides.map(async ({ url }) => (await fetch(url + path)).text()));
    for (const answer of answers) if (answer !== answers[0]) throw new Error(`${answers[0]}\n${answer}`);
    // The first round of each warms it up.
    for (let count = 0; count <= rounds; count++) {
      for (const side of sides) {
        const found = await round(side.url);
        if (count > 0) side.rounds.push(found);
      }
    }
    const own = median(sides[0]?.rounds ?? []);
    console.log(`HTTP latest row, ${connections} connections, medians of ${rounds} rounds of ${seconds} s`);
    for (const side of sides) {
      const found = median(side.rounds);
      const times = `ours: ${(own.rate / found.rate).toFixed(2)} × the requests, ${(found.cpuUs / own.cpuUs).toFixed(2)} × by processor time`;
      console.log(`  ${side.what.padEnd(28)} ${words(found)}; ${times}`);
    }
    redis.disconnect();
  } finally {
    for (const app of apps) await app.close();
    await open.close();
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A row as it is read: when it could be used, and its part of the answer. */
type ReadRow = (vector: string, instrument: string) => Promise<{ availableAt: number; fields: string }>;

async function storeRow({ store, vector }: ServedRecording, redis: Redis): Promise<void> {
  const row = store.latest(name, instrument)?.row;
  if (row === undefined) throw new Error("the recording has no row");
  await redis.set(`${name} ${instrument}`, `${row.availableAt} ${rowFields(vector, row)}`);
  const { features, ...heads } = JSON.parse(`{${rowFields(vector, row)}}`);
  const cells = Object.entries({ ...heads, ...features }).map(([key, value]) => [key, JSON.stringify(value)]);
  await redis.hset(`hash ${name} ${instrument}`, Object.fromEntries(cells));
}

function redisReaders({ vector }: ServedRecording, redis: Redis): Record<string, ReadRow> {
  return {
    "over Redis, one text": async (vector, instrument) => {
      const text = (await redis.get(`${vector} ${instrument}`)) ?? "";
      const place = text.indexOf(" ");
      return { availableAt: Number(text.slice(0, place)), fields: text.slice(place + 1) };
    },
    "over Redis, a field a feature": async (_, instrument) => {
      const cells = await redis.hgetall(`hash ${name} ${instrument}`);
      const heads = ["bucket_id", "bucket_ts_start", "bucket_ts_end", "available_at"];
      const texts = (names: readonly string[]) => names.map((one) => `"${one}":${cells[one]}`).join(",");
      const fields = `${texts(heads)},"features":{${texts(vector.features)}}`;
      return { availableAt: Number(cells.available_at), fields };
    },
  };
}

/** The route with its rows elsewhere: age and state are worked out at each request, as ours does. */
async function latestOver(recording: ServedRecording, read: ReadRow): Promise<FastifyInstance> {
  const { vector, now } = recording;
  const service = recording.service({ limits: { requestsPerSecond: 0 } });
  const app = await baseApp(service, () => false);
  new Metrics(service, () => 0).watch(app);
  const about = `"vector":"${name}","signature":"${vector.signature}","fingerprint":"${vector.fingerprint}"`;
  app.get<{ Params: { vector: string }; Querystring: { instrument: readonly string[] } }>(
    "/v1/vectors/:vector/latest",
    { config: { scope: "read" }, schema: { params: vectorParams, querystring: latestQuery } },
    async ({ params, query }, reply) => {
      const rows = await Promise.all(
        query.instrument.map(async (asked) => {
          const { availableAt, fields } = await read(params.vector, asked);
          const ageMs = now - availableAt;
          const status = ageMs > vector.maxAgeMs ? "stale" : "fresh";
          const text = `{"instrument":"${asked}","status":"${status}","age_s":${ageMs / 1000},${fields}}`;
          return { status, text };
        }),
      );
      const degraded = rows.some(({ status }) => status !== "fresh");
      const texts = rows.map(({ text }) => text).join(",");
      reply.type("application/json; charset=utf-8");
      return `{${about},"now":${now},"degraded":${degraded},"rows":[${texts}]}`;
    },
  );
  return app;
}

async function round(url: string): Promise<Round> {
  const before = process.cpuUsage();
  const load = { connections, seconds };
  const { requests, perSecond, failures, cpuUs: clientUs } = await runLoad(url + path, load, apart);
  const { user, system } = process.cpuUsage(before);
  if (failures > 0) throw new Error(`${failures} errors and refusals`);
  return { rate: perSecond, cpuUs: (user + system) / requests, clientUs };
}

function words({ rate, cpuUs, clientUs }: Round): string {
  return `${Math.round(rate)} requests/s, ${cpuUs.toFixed(1)} µs of processor each (asking: ${clientUs.toFixed(1)})`;
}

function median(found: readonly Round[]): Round {
  const middle = (of: keyof Round) =>
    found.map((one) => one[of]).sort((a, b) => a - b)[found.length >> 1] ?? Number.NaN;
  return { rate: middle("rate"), cpuUs: middle("cpuUs"), clientUs: middle("clientUs") };
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill();
  });
}
