/**
 * Serving, on a recording: a read of the online store, and the latest row over HTTP against the same fastify route over Redis on a local
 * socket. `npx tsx bench/serve.ts [seconds]`; a redis-server on the path, or named by REDIS_SERVER, is started and ended.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import autocannon from "autocannon";
import Fastify from "fastify";
import { Redis } from "ioredis";
import { recordingPath } from "../test/support/recording-path.js";
import { type ServedRecording, serveRecording } from "../test/support/served-recording.js";

const seconds = Number(process.argv[2] ?? 10);
const connections = 50;
const name = "trend_v1";
const instrument = "binance/spot/BTCUSDT";
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

async function readHttp(recording: ServedRecording): Promise<void> {
  const open = await recording.open({ limits: { requestsPerSecond: 0 } });
  const path = `/v1/vectors/${name}/latest?instrument=${instrument}`;
  const body = await (await fetch(open.url + path)).text();
  const own = await requestsPerSecond(open.url + path);
  console.log(`HTTP latest row, from memory, ${connections} connections        ${own} requests/s`);
  await open.close();

  const server = process.env.REDIS_SERVER ?? "redis-server";
  if (spawnSync(server, ["--version"]).status !== 0) {
    console.log("SKIPPED: the same over Redis (no redis-server on the path)");
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "prism-redis-"));
  const socket = join(folder, "redis.sock");
  const child = spawn(server, ["--port", "0", "--unixsocket", socket, "--save", "", "--dir", folder], {
    stdio: "ignore",
  });
  try {
    for (let tries = 0; !existsSync(socket) && tries < 100; tries++) await delay(50);
    const redis = new Redis({ path: socket });
    await redis.set(`${name} ${instrument}`, body);
    const app = Fastify();
    app.get<{ Params: { vector: string }; Querystring: { instrument: string } }>(
      "/v1/vectors/:vector/latest",
      async ({ params, query }, reply) =>
        reply
          .type("application/json; charset=utf-8")
          .send(await redis.get(`${params.vector} ${query.instrument}`)),
    );
    const url = await app.listen({ host: "127.0.0.1", port: 0 });
    const other = await requestsPerSecond(url + path);
    console.log(
      `the same fastify route over Redis               ${other} requests/s; ours is ${(own / other).toFixed(2)} ×`,
    );
    await app.close();
    redis.disconnect();
  } finally {
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function requestsPerSecond(url: string): Promise<number> {
  await autocannon({ url, connections, duration: 2 });
  const { requests, errors, non2xx } = await autocannon({ url, connections, duration: seconds });
  if (errors + non2xx > 0) throw new Error(`${errors} errors, ${non2xx} refusals`);
  return Math.round(requests.average);
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill();
  });
}
