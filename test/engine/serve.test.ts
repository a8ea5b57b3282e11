/** The HTTP service over a whole recording: the same bits in every form, refusals, and an end that loses nothing. */
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PrismClient, type PrismError } from "../../src/client/client.js";
import { createKey, parseKeys } from "../../src/serve/keys/api-key.js";
import type { Listening } from "../../src/serve/listen.js";
import { recordingPath } from "../support/recording-path.js";
import { type JsonRow, jsonBits, rowForms } from "../support/row-forms.js";
import { type ServedRecording, serveRecording } from "../support/served-recording.js";
import { onlineBits, rowBits, tableBits } from "../support/served-stock.js";
import { type DeployOptions, loadStock } from "../support/stock-deployment.js";

const paths = [
  "binance-archive/spot/BTCUSDT-trades-2024-08-08.zip",
  "binance-archive/spot/BTCUSDT-trades-2024-08-09.zip",
  "tardis/binance_book_snapshot_25_2024-08-08_BTCUSDT.csv.gz",
  "tardis/binance_book_snapshot_25_2024-08-09_BTCUSDT.csv.gz",
].map(recordingPath);
const files = paths.filter((path) => path !== undefined);
const name = "trend_v1";
const instrument = "binance/spot/BTCUSDT";

const keys = { reader: createKey("reader", ["read"]), admin: createKey("boss", ["admin"]) };
const stored = parseKeys(`${keys.reader.line}\n# a comment\n\n${keys.admin.line}`, "test");

/** `PRISM_VIEWS=all`: all stock views are closed at once, and a vector of every feature is served beside trend_v1. */
const stock: DeployOptions = process.env.PRISM_VIEWS === "all" ? { views: "all", everyFeature: true } : {};

describe.skipIf(files.length < paths.length)("feature serve, over a recording", () => {
  let served: ServedRecording;
  let open: Listening;
  let client: PrismClient;
  let table: string[] = [];
  beforeAll(async () => {
    served = await serveRecording(100, stock);
    await served.ingest("binance-archive", files.slice(0, 2));
    await served.ingest("tardis", files.slice(2));
    open = await served.open({
      keys: stored,
      limits: { inlineRows: 100, streamRows: 500, bodyBytes: 1_000_000 },
    });
    client = new PrismClient({ url: open.url, key: keys.reader.key });
    table = (await tableBits(served.deployment, served.vector))[instrument] ?? [];
    served.now = Number(table.at(-1)?.split(" ")[3]);
  });
  afterAll(async () => {
    await open.close();
    await served.deployment.engine.close();
  });

  it("gives the table's bits in memory, to a model, as JSON, as bytes, in a point-in-time read and in a training file", async () => {
    expect(table.length).toBe(74);
    const specs = (await loadStock(stock)).vectors;
    for (const vector of served.vectors) {
      const spec = specs.find((one) => one.name === vector.name);
      if (spec === undefined) throw new Error(`no ${vector.name}`);
      const stored = await tableBits(served.deployment, vector);
      expect(onlineBits(served.store, vector)).toEqual(stored);
      const forms = await rowForms(served, { vector, spec }, client, { table: stored, every: 1 });
      expect(Object.keys(forms).length).toBe(9);
      for (const [form, rows] of Object.entries(forms))
        expect(rows, `${vector.name}, ${form}`).toEqual(stored);
    }
    const sequence = await client.sequence(name, instrument);
    expect(Object.keys(sequence.rows[0]?.features ?? {})).toEqual(served.vector.features);
    expect((await client.sequenceRows(name, instrument)).signature).toBe(served.vector.signature);
    const latest = await client.latest(name);
    expect(latest).toMatchObject({ degraded: false, rows: [{ instrument, status: "fresh", age_s: 0 }] });
    expect(latest.rows.map((row) => jsonBits(row as JsonRow))).toEqual(table.slice(-1));
    expect((await client.latestRows(name)).rows.map(rowBits)).toEqual(table.slice(-1));

    const early = [
      { instrument, ts: 5 },
      { instrument: "binance/spot/ETHUSDT", ts: served.now },
    ];
    const unknown = (await client.pointInTime(name, early)).rows;
    expect(unknown.map((row) => [row.bucket_id, row.age_s, row.features])).toEqual(
      Array(2).fill([null, null, null]),
    );
  });

  it("serves what a fetch at this moment would: nothing before available_at, nothing older than max_age", async () => {
    const at = (row: number, column: number) => Number(table.at(row)?.split(" ")[column]);
    const now = served.now;
    try {
      served.now = at(-1, 3) - 1;
      expect((await client.latest(name)).rows[0]?.bucket_id).toBe(73);
      expect(
        (await client.sequence(name, instrument, { length: 3 })).rows.map((row) => row.bucket_id),
      ).toEqual([71, 72, 73]);
      expect((await client.bucket(name, instrument, 74)).bucket_id).toBe(74);
      served.now = at(-1, 3) + served.vector.maxAgeMs + 1;
      const stale = await client.latest(name);
      expect(stale).toMatchObject({
        degraded: true,
        rows: [{ status: "stale", age_s: 120.001, bucket_id: null, features: null }],
      });
      expect((await client.latestRows(name)).rows[0]).toMatchObject({ status: "stale", bucketId: 0 });
      expect((await client.sequence(name, instrument)).rows).toEqual([]);
      expect((await client.latest(name, { stale: true })).rows[0]).toMatchObject({
        status: "stale",
        bucket_id: 74,
      });
      expect((await client.latest(name, { instruments: ["binance/spot/ETHUSDT"] })).rows[0]).toMatchObject({
        status: "empty",
        bucket_id: null,
        age_s: null,
      });
      served.now = 0;
      expect((await client.latest(name)).rows[0]?.status).toBe("empty");
    } finally {
      served.now = now;
    }
  });

  it("tells event streams of every bucket, once", async () => {
    const ids = served.events.map(({ row }) => row.bucketId);
    expect(ids).toEqual(table.map((_, index) => index + 1));
  });

  it("refuses attacks clearly, stays alive, and logs no secret", async () => {
    served.log = "";
    const key = keys.reader.key;
    const wrong = `${key.slice(0, -1)}${key.endsWith("A") ? "B" : "A"}`;
    const refusal = (error: unknown) => [(error as PrismError).status, (error as PrismError).code];
    const refused = (work: Promise<unknown>) => work.then(() => "answered", refusal);
    const as = (own?: string) =>
      new PrismClient({ url: open.url, ...(own === undefined ? {} : { key: own }) });

    expect(await refused(as().latest(name))).toEqual([401, "unauthorized"]);
    for (const bad of [wrong, "x", `pfk_nobody_${"A".repeat(43)}`, `${key}A`, "a".repeat(8000)]) {
      expect(await refused(as(bad).latest(name))).toEqual([401, "unauthorized"]);
    }
    expect((await fetch(`${open.url}/metrics`, { headers: { "x-api-key": key } })).status).toBe(403);
    const metrics = await fetch(`${open.url}/metrics`, { headers: { "x-api-key": keys.admin.key } });
    const shown = await metrics.text();
    expect(shown).toContain("prism_online_rings ");
    const seconds = (part: string, status: number) =>
      Number(
        new RegExp(
          `http_request_seconds_${part}{method="GET",route="/v1/vectors/:vector/latest",status="${status}"} (.*)`,
        ).exec(shown)?.[1],
      );
    // Timed from its arrival, also where it was refused before anything else was done.
    expect(seconds("count", 401)).toBe(6);
    expect(seconds("sum", 401)).toBeLessThan(3);

    const post = async (body: string, type = "application/json") => {
      const headers = { authorization: `Bearer ${key}`, "content-type": type };
      const response = await fetch(`${open.url}/v1/vectors/${name}/point-in-time`, {
        method: "POST",
        headers,
        body,
      });
      return [response.status, await response.text()] as const;
    };
    expect((await post("x".repeat(1_000_001)))[0]).toBe(413);
    expect((await post(`{"rows":${"[".repeat(200_000)}${"]".repeat(200_000)}}`))[0]).toBe(400);
    expect((await post(`{"rows":${'[{"a":'.repeat(50_000)}`))[0]).toBe(400);
    expect((await post('{"rows":[],"__proto__":{"x":1}}'))[0]).toBe(400);
    expect((await post("rows=1", "application/x-www-form-urlencoded"))[0]).toBe(400);
    // A body is taken as it is: as a number null would be 0, and the answer that of 1970.
    for (const ts of ["null", "true", '"1723161270000"', '""', "[1723161270000]", "1.5", "1e300", "-1"]) {
      expect(await post(`{"rows":[{"instrument":"${instrument}","ts":${ts}}]}`)).toEqual([
        400,
        expect.stringContaining("body/rows/0/ts must be"),
      ]);
    }
    expect((await post(`{"rows":{"instrument":"${instrument}","ts":1}}`))[0]).toBe(400);
    const many = Array.from({ length: 10_000 }, () => ({ instrument, ts: 1 }));
    expect(await refused(client.pointInTime(name, many))).toEqual([413, "too_large"]);
    const stream = async () => {
      for await (const _ of client.pointInTimeStream(name, many)) break;
      return "answered";
    };
    expect(await refused(stream())).toEqual([413, "too_large"]);

    const sql = [
      "' OR 1=1 --",
      "x'; DROP TABLE trades; --",
      "binance/spot/BTC') UNION SELECT 1 --",
      "{p0:String}",
    ];
    for (const text of sql) {
      const at = encodeURIComponent(text);
      for (const path of [
        `/v1/vectors/${at}`,
        `/v1/vectors/${at}/latest`,
        `/v1/vectors/${name}/latest?instrument=${at}`,
        `/v1/vectors/${name}/latest?stale=${at}`,
        `/v1/vectors/${name}/sequence?instrument=${instrument}&length=${at}`,
        `/v1/vectors/${name}/sequence?instrument=${at}`,
        `/v1/vectors/${name}/buckets/${at}?instrument=${instrument}`,
        `/v1/vectors/${name}/buckets/1?instrument=${at}`,
        `/v1/vectors/${name}/events?instrument=${at}`,
        `/v1/vectors/${name}/latest?${at}=1`,
      ]) {
        const response = await fetch(open.url + path, { headers: { authorization: `Bearer ${key}` } });
        expect([path, response.status]).toEqual([path, 400]);
        expect(await response.text()).not.toMatch(/Code: \d+|DB::|at .*\.ts|node_modules/);
      }
      expect((await post(JSON.stringify({ rows: [{ instrument: text, ts: 1 }] })))[0]).toBe(400);
      expect((await post(JSON.stringify({ rows: [{ instrument, ts: text }] })))[0]).toBe(400);
    }
    for (const path of [
      "/v1/vectors/../../etc/passwd",
      "/docs/static/..%2f..%2f..%2fpackage.json",
      "/docs/static/../../package.json",
    ]) {
      expect([path, await rawStatus(open.url, path, key)]).toEqual([
        path,
        expect.stringMatching(/^40[034]$/),
      ]);
    }
    expect(await rawStatus(open.url, "/healthz", key)).toBe("200");

    // The twentieth request without a valid key in a minute is the last that is told so.
    const statuses: unknown[] = [];
    for (let count = 0; count < 20; count++) statuses.push(await refused(as(wrong).latest(name)));
    expect(statuses.at(-1)).toEqual([429, "rate_limited"]);
    expect((await client.latest(name)).degraded).toBe(false);

    expect(served.log).toContain('"code":"unauthorized"');
    for (const secret of [key, wrong, keys.admin.key, key.slice(12, 30), keys.reader.line.slice(-64)]) {
      expect(served.log.includes(secret)).toBe(false);
    }
    expect(served.log).not.toMatch(/DROP TABLE|authorization|x-api-key/i);
  });

  it("cuts off slow clients and floods, and goes on serving", async () => {
    const tight = await served.open({ limits: { receiveMs: 1000, connections: 20, requestsPerSecond: 5 } });
    const { port } = new URL(tight.url);
    // A head that never ends, and a body that never comes.
    const slow = ["GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", slowBody].map((text) =>
      firstBytes(port, text),
    );
    const answers = await Promise.all(slow);
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1.1 4\d\d|^$/);

    const sockets = Array.from({ length: 60 }, () => connect({ port: Number(port), host: "127.0.0.1" }));
    for (const socket of sockets) socket.on("error", () => undefined);
    const ended = await Promise.all(
      sockets.map(
        (socket) =>
          new Promise<boolean>((resolve) => {
            socket.on("close", () => resolve(true));
            setTimeout(() => resolve(false), 700);
          }),
      ),
    );
    expect(ended.filter(Boolean).length).toBeGreaterThanOrEqual(40);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 100));

    const codes = await Promise.all(
      Array.from({ length: 15 }, () =>
        fetch(`${tight.url}/v1/vectors/${name}/latest`).then(({ status }) => status),
      ),
    );
    expect(new Set(codes)).toEqual(new Set([200, 429]));
    await tight.close();
    await expect(served.open({ host: "0.0.0.0" })).rejects.toMatchObject({ code: "FS_SERVE_OPEN" });
  });

  it("answers every request that it took, when it is told to end", async () => {
    const ending = await served.open({ limits: { requestsPerSecond: 0 } });
    const events = new PrismClient({ url: ending.url }).events(name);
    const firstEvent = events.next();
    let isEnding = false;
    let answered = 0;
    const lost: string[] = [];
    const ask = async () => {
      for (;;) {
        const outcome = await fetch(`${ending.url}/v1/vectors/${name}/latest`)
          .then(async (response) => (await response.text()).endsWith("}") && response.status === 200)
          .catch((error: Error & { cause?: { code?: string } }) => error.cause?.code ?? error.message);
        if (outcome === true) answered++;
        else if (isEnding && (outcome === "ECONNREFUSED" || outcome === "ECONNRESET")) return;
        else lost.push(String(outcome));
        if (lost.length > 10) return;
      }
    };
    const asking = Array.from({ length: 8 }, ask);
    while (answered < 40) await new Promise((resolve) => setTimeout(resolve, 20));
    isEnding = true;
    await Promise.all([ending.close(), ...asking]);
    expect(lost).toEqual([]);
    expect(await firstEvent).toMatchObject({ done: true });
  });
});

const slowBody =
  "POST /v1/vectors/trend_v1/point-in-time HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" +
  "Content-Length: 1000\r\n\r\n{";

/** What a server says to a client that sends only this, until it hangs up. */
function firstBytes(port: string, text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect({ port: Number(port), host: "127.0.0.1" }, () => socket.write(text));
    socket.on("data", (chunk) => {
      answer += chunk.toString();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(answer));
  });
}

/** The status of a path that is sent as it is, without being made tidy first. */
function rawStatus(url: string, path: string, key: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const options = { hostname, port, path, headers: { authorization: `Bearer ${key}` } };
    httpRequest(options, (response) => {
      response.resume();
      resolve(String(response.statusCode));
    })
      .on("error", reject)
      .end();
  });
}
