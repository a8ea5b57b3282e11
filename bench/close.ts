/**
 * What a close takes when buckets come one by one: from a bucket's trades and books being stored to its vector being written and
 * read, and to the close being on record, by step, path and level; and on to a prediction of a logistic model from the ring in
 * memory. For one instrument, and for ten whose buckets close together; with the views of `trend_v1` alone and with all stock views.
 * Last: what each view costs alone, for one bucket.
 * `npx tsx bench/close.ts [closes] [trend_v1 | all]`
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chunkMark } from "../src/compile/catalog.js";
import { openEngine } from "../src/engine/open.js";
import type { Engine } from "../src/engine/port.js";
import { advance, advanceSession } from "../src/ingest/buckets/advance.js";
import type { BucketRange } from "../src/ingest/buckets/batches.js";
import { LoadedModel, sha256Of } from "../src/models/loaded-model.js";
import { encodeOnnx } from "../src/models/onnx/encode-onnx.js";
import { logisticGraph } from "../src/models/onnx/logistic-graph.js";
import { Predictor } from "../src/models/predictor.js";
import { OnlineStore } from "../src/online/online-store.js";
import type { TableName } from "../src/schema/object.js";
import { quoteName } from "../src/schema/quote.js";
import { type InstrumentKey, instrumentName } from "../src/spec/model.js";
import { testContract } from "../test/support/model-contracts.js";
import { servedStock, stockVectorSpec } from "../test/support/served-stock.js";
import { type Deployment, deployStock } from "../test/support/stock-deployment.js";

const closes = Number(process.argv[2] ?? 60);
const warmUp = 10;
const tradesInBucket = 200;
const booksInBucket = 300;
const firstMs = Date.UTC(2024, 4, 1);
const bucketMs = 30_000;

/** Milliseconds. */
interface Predicted {
  readonly all: number;
  readonly written: number;
  readonly ring: number;
  readonly tensors: number;
  readonly run: number;
  readonly rest: number;
}

const predictionStages: Readonly<Record<keyof Predicted, string>> = {
  all: "close → prediction",
  written: "  rows of all levels written",
  ring: "  read into the ring",
  tensors: "  tensors",
  run: "  ONNX Runtime",
  rest: "  choosing, hashing, answer",
};

const folder = mkdtempSync(join(tmpdir(), "prism-bench-"));
const engine = await openEngine({ kind: "embedded", name: "bench", path: join(folder, "db") });
try {
  for (const views of viewsAsked(process.argv[3])) {
    const deployment = await deployStock(engine, {
      prefix: views === "all" ? "all_" : "",
      views,
      clock: { size: { fromBucketConfig: false, byInstrument: {}, fallback: String(tradesInBucket) } },
    });
    console.log(`views ${views}`);
    for (const count of [1, 10]) await measure(deployment, count);
    if (views === "all") await measureViews(deployment);
  }
} finally {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
}

function viewsAsked(text: string | undefined): readonly ("of trend_v1" | "all")[] {
  if (text === undefined) return ["of trend_v1", "all"];
  return [text === "all" ? "all" : "of trend_v1"];
}

/** Closes buckets of so many instruments together, one bucket of each at a time. */
async function measure(deployment: Deployment, count: number): Promise<void> {
  const { catalog, project } = deployment;
  const stages = new Map<string, number[]>();
  const watched = timing(deployment.engine, stages);
  const context = { ...deployment.context, engine: watched };
  const instruments = Array.from(
    { length: count },
    (_, index): InstrumentKey => ({ exchange: "bench", marketType: "spot", symbol: `OF${count}N${index}` }),
  );
  const vector = catalog.objects.find(({ kind }) => kind === "vector")?.storage?.table;
  if (vector === undefined) throw new Error("the stock project has no vector");
  const session = advanceSession(context, false);
  const predict = await predictions(deployment, instruments);
  const predicted: Predicted[] = [];
  const written: number[] = [];
  const readable: number[] = [];
  const recorded: number[] = [];
  const lazy: number[] = [];
  for (let bucket = 0; bucket < closes + warmUp; bucket++) {
    if (bucket === warmUp) stages.clear();
    const startMs = firstMs + bucket * bucketMs;
    await store(deployment.engine, project.databases.raw, instruments, startMs);
    const began = performance.now();
    let read: Promise<number> | undefined;
    let ended: Promise<Predicted> | undefined;
    const result = await advance(context, {
      session,
      instruments,
      watermark: () => startMs + bucketMs,
      lazily: false,
      // As the online store does it: as soon as the rows are written, while their close is noted.
      onComputed: (ranges) => {
        const wrote = performance.now() - began;
        if (bucket >= warmUp) written.push(wrote);
        read = readVector(vector, instruments[0]?.symbol ?? "", bucket + 1).then(
          () => performance.now() - began,
        );
        // After the read above, so that neither waits for the other.
        ended = read.then(() => predict(ranges, wrote));
      },
    });
    if (result.bucketsClosed !== count || read === undefined)
      throw new Error(`${result.bucketsClosed} of ${count} buckets closed`);
    const took = await read;
    const noted = performance.now() - began;
    const prediction = await ended;
    const lazyBegan = performance.now();
    await advance(context, { session, instruments: [], lazily: true });
    if (bucket < warmUp) continue;
    readable.push(took);
    if (prediction !== undefined) predicted.push(prediction);
    recorded.push(noted);
    lazy.push(performance.now() - lazyBegan);
  }
  console.log(`  ${count === 1 ? "one instrument" : `${count} instruments together`}`);
  say("close → vector readable", written);
  say("close → vector read", readable);
  say("close → vector read and the close noted", recorded);
  for (const [stage, times] of [...stages].sort(([a], [b]) => (a < b ? -1 : 1))) {
    say(`  ${stage}`, times, closes);
  }
  for (const [stage, name] of Object.entries(predictionStages)) {
    say(
      name,
      predicted.map((one) => one[stage as keyof Predicted]),
    );
  }
  if (lazy.some((time) => time > 5)) say("lazy path of one bucket an instrument", lazy);
}

/** Takes closed buckets into a ring and asks a logistic model of the stock vector about all instruments at once. */
async function predictions(deployment: Deployment, instruments: readonly InstrumentKey[]) {
  const [served] = await servedStock(deployment);
  if (served === undefined) throw new Error("the stock project has no vector");
  const spec = await stockVectorSpec();
  const vector = { ...spec, features: spec.features.map((one) => ({ ...one, onNull: "zero" as const })) };
  const width = vector.features.length;
  const weights = [-1, 0, 1].map((sign) => vector.features.map(() => sign / width));
  const calibration = { kind: "platt", slopes: [1, 1, 1], offsets: [0, 0, 0] } as const;
  const bytes = encodeOnnx(logisticGraph("bench", { weights, intercepts: [0, 0, 0], calibration }, {}));
  const contract = { ...testContract(width), sha256: sha256Of(bytes) };
  const model = await LoadedModel.open(contract, vector, bytes);
  const store = new OnlineStore({
    reader: deployment.engine,
    vectors: [served],
    now: () => Number.MAX_SAFE_INTEGER,
  });
  await store.warm();
  const registered = { contract, vector, signature: "", fingerprint: "", registeredAt: "" };
  const predictor = new Predictor({
    models: [{ name: "bench", live: { registered, model }, candidate: undefined }],
    source: {
      rows: (_vector, _fingerprint, instrument, length) => store.sequence(served.name, instrument, length),
    },
    // The buckets are of years ago.
    now: () => 0,
  });
  const names = instruments.map(instrumentName);
  return async (ranges: readonly BucketRange[], written: number): Promise<Predicted> => {
    const began = performance.now();
    await store.closed(served.clock, ranges);
    const filled = performance.now();
    const made = await predictor.predict("bench", names);
    const done = performance.now();
    const [first] = made;
    if (made.some(({ role }) => role !== "live") || first === undefined) {
      throw new Error(`no prediction: ${made.find(({ role }) => role !== "live")?.fallbackReason}`);
    }
    const [tensors, run] = [first.latency.assembleUs / 1000, first.latency.runUs / 1000];
    return {
      all: written + done - began,
      written,
      ring: filled - began,
      tensors,
      run,
      rest: done - filled - tensors - run,
    };
  };
}

async function readVector(vector: TableName, symbol: string, id: number): Promise<void> {
  const rows = await engine.rows(
    `SELECT * FROM ${quoteName(vector)} WHERE exchange = 'bench' AND symbol = {symbol:String} AND bucket_id = {id:UInt64}`,
    { params: { symbol, id } },
  );
  if (rows.length === 0) throw new Error(`bucket ${id} of ${symbol} has no vector`);
}

/** Each view's own statement for one stored bucket. */
async function measureViews({ catalog, engine: own }: Deployment): Promise<void> {
  console.log("  a view alone, for one bucket");
  for (const object of catalog.objects) {
    if (object.kind !== "view" || object.backfill === undefined) continue;
    const one = `WHERE symbol = 'OF1N0' AND bucket_id = ${closes}`;
    const select = object.backfill.slice(object.backfill.indexOf("\n") + 1).replace(chunkMark, one);
    const times: number[] = [];
    for (let round = 0; round < 8; round++) {
      const began = performance.now();
      await own.rows(select);
      times.push(performance.now() - began);
    }
    say(`  ${object.name} (${object.path}, level ${object.level})`, times.slice(2));
  }
}

/** The engine, with the time of every statement kept by what it is for. */
function timing(inner: Engine, stages: Map<string, number[]>): Engine {
  const timed = async <T>(sql: string, run: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    const value = await run();
    const stage = stageOf(sql);
    stages.set(stage, [...(stages.get(stage) ?? []), performance.now() - began]);
    return value;
  };
  return new Proxy(inner, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      if (name === "insert")
        return (table: TableName, ...rest: unknown[]) =>
          timed(`INSERT INTO ${quoteName(table)}`, () => member.call(target, table, ...rest));
      if (name !== "execute" && name !== "rows") return member.bind(target);
      return (sql: string, ...rest: unknown[]) => timed(sql, () => member.call(target, sql, ...rest));
    },
  });
}

function stageOf(sql: string): string {
  const level = /INSERT INTO `[^`]*`\.`ubt__close_(\d)_(\w+)`/.exec(sql);
  if (level !== null) return `${level[2]} path, level ${level[1]}`;
  if (/INSERT INTO/.test(sql)) return "bookkeeping: bucket, state, closes";
  return "questions: what is due, what hangs on it";
}

/** The rows of one bucket of each instrument: an insert a table, as ingest stores what comes together. */
async function store(
  target: Engine,
  raw: string,
  instruments: readonly InstrumentKey[],
  startMs: number,
): Promise<void> {
  const params = { symbols: instruments.map(({ symbol }) => symbol), start: startMs };
  const everyMs = (rows: number): string =>
    `toDateTime64({start:Int64} / 1000, 3, 'UTC') + toIntervalMillisecond(number * ${Math.floor(bucketMs / rows)}) AS at`;
  await target.execute(
    `INSERT INTO ${quoteName({ database: raw, name: "orderbooks" })}
       (exchange, market_type, symbol, timestamp, available_at, book_seq, bid_px, bid_qty, ask_px, ask_qty)
     SELECT 'bench', 'spot', arrayJoin({symbols:Array(String)}), at, at, number,
       arrayMap(i -> 100 - (i + number % 7) / 100, range(20)), arrayMap(i -> 1 + (i * 7 + number) % 5, range(20)),
       arrayMap(i -> 100.01 + (i - number % 7) / 100, range(20)), arrayMap(i -> 1 + (i * 3 + number) % 5, range(20))
     FROM (SELECT number, ${everyMs(booksInBucket)} FROM numbers(${booksInBucket}))`,
    { params },
  );
  await target.execute(
    `INSERT INTO ${quoteName({ database: raw, name: "trades" })}
       (exchange, market_type, symbol, timestamp, available_at, trade_seq, trade_id, price, quantity, side)
     SELECT 'bench', 'spot', arrayJoin({symbols:Array(String)}), at, at, intDiv({start:Int64}, 10) + number AS id, toString(id),
       100 + (number % 13) / 100, 1, if(sipHash64(number, {start:Int64}) % 3 = 0, 'buy', 'sell')
     FROM (SELECT number, ${everyMs(tradesInBucket)} FROM numbers(${tradesInBucket}))`,
    { params },
  );
}

/** Milliseconds. With `per`, the sum of all is shown per close. */
function say(what: string, times: readonly number[], per?: number): void {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(1);
  const mean =
    per === undefined ? "" : `${(times.reduce((sum, time) => sum + time, 0) / per).toFixed(1)} ms a close; `;
  console.log(
    `    ${what.padEnd(46)} ${mean}median ${at(0.5)} ms, p90 ${at(0.9)} ms, p99 ${at(0.99)} ms (${times.length})`,
  );
}
