/** Models on a real engine: registering, rolling out, predicting from stored rows, the audit, and verifying it. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keepFollowing, modelFollower, versionFollower } from "../../src/cli/follow-versions.js";
import { loadProject } from "../../src/cli/project-files.js";
import type { Shell } from "../../src/cli/shell.js";
import {
  type PredictAnswer,
  type PredictedInstrument,
  PrismClient,
  type PrismError,
} from "../../src/client/client.js";
import { vectorIdentity } from "../../src/compile/vector-identity.js";
import { openScratch } from "../../src/engine/open.js";
import type { Engine } from "../../src/engine/port.js";
import { advance } from "../../src/ingest/buckets/advance.js";
import { buildInputs, planInputs } from "../../src/models/input-plan.js";
import { ModelFolder } from "../../src/models/model-folder.js";
import { readModel } from "../../src/models/model-registry.js";
import { hashRows, type ModelRow, rawValue } from "../../src/models/model-row.js";
import { OnlinePredictions } from "../../src/models/online-predictions.js";
import { encodeOnnx } from "../../src/models/onnx/encode-onnx.js";
import { logisticGraph } from "../../src/models/onnx/logistic-graph.js";
import { predictStored } from "../../src/models/predict-stored.js";
import type { Prediction } from "../../src/models/prediction.js";
import { readVectorRows } from "../../src/models/read-vector-rows.js";
import { registerModel } from "../../src/models/register.js";
import { promoteModel, rollbackModel } from "../../src/models/roll-out.js";
import { writeUntrainedTcn } from "../../src/models/untrained-tcn.js";
import { verifyServed } from "../../src/models/verify-served.js";
import { OnlineStore } from "../../src/online/online-store.js";
import { servedVector } from "../../src/online/served-vector.js";
import { deployedObject } from "../../src/plan/deployed.js";
import { openRegistryWriter } from "../../src/registry/writer.js";
import { quoteName } from "../../src/schema/quote.js";
import { createKey, parseKeys } from "../../src/serve/keys/api-key.js";
import { KeyRing } from "../../src/serve/keys/key-ring.js";
import { listen } from "../../src/serve/listen.js";
import { defaultServiceLimits, type Service } from "../../src/serve/service.js";
import type { Project, ProjectSpecs, Target, VectorSpec } from "../../src/spec/model.js";
import { longMarket } from "../support/long-market.js";
import { testContract } from "../support/model-contracts.js";
import { storeBooks, storeTrades } from "../support/raw-rows.js";
import { packageRoot } from "../support/run-feature.js";
import { type Deployment, deployStock, loadStock } from "../support/stock-deployment.js";

const root = mkdtempSync(join(tmpdir(), "prism-models-"));
const folder = new ModelFolder(root);
const keep = 1;
let engine: Engine;
let deployment: Deployment;
let project: Project;
let vector: VectorSpec;

const width = 12;
const wave = (k: number, place: number, seed: number) => Math.sin(seed + 3 * k + place) / 4;

/** A contract with comments, and a file of its own weights. */
function writeContract(version: number): void {
  const weights = [0, 1, 2].map((k) => Array.from({ length: width }, (_, place) => wave(k, place, version)));
  const calibration = { kind: "platt" as const, slopes: [1, 1, 1], offsets: [0, 0, 0] };
  const graph = logisticGraph("trend", { weights, intercepts: [0, 0.5, 0], calibration }, {});
  mkdirSync(join(root, "models"), { recursive: true });
  writeFileSync(join(root, `models/trend_v${version}.onnx`), encodeOnnx(graph));
  const numbers = (value: number) => Array.from({ length: width }, () => value).join(", ");
  writeFileSync(
    join(root, "models/trend.yaml"),
    [
      "# Ours.",
      "model: trend",
      `version: ${version}`,
      `file: trend_v${version}.onnx`,
      "vector: { name: trend_v1 } # the stock vector",
      `inputs: [{ name: x, shape: [1, ${width}], features: all }]`,
      `normalise: { mean: [${numbers(1)}], scale: [${numbers(1000)}] }`,
      "outputs: { probabilities: { name: p, classes: [-1, 0, 1] } }",
      "timeout: 10s",
      "decision: { tau: 0.4, cost: { fee_bps: 1, slippage_bps: 0 }, reward: { bps: 5 } }",
      "",
    ].join("\n"),
  );
}

/** The project's specs with the contract that is in the folder now. */
async function specs(): Promise<ProjectSpecs> {
  for (const file of ["features", "features.yaml"]) {
    rmSync(join(root, file), { recursive: true, force: true });
    cpSync(join(packageRoot, file), join(root, file), { recursive: true });
  }
  return loadProject({ project: root, target: undefined }, {});
}

async function register() {
  const [contract] = (await specs()).models;
  if (contract === undefined) throw new Error("no contract");
  return registerModel({
    engine,
    database: project.databases.registry,
    contract,
    vector,
    folder,
    by: "test",
  });
}

const rollOut = () => ({ engine, database: project.databases.registry, model: "trend", by: "test", keep });
const state = async () => (await readModel(engine, project.databases.registry, "trend")).state;
const predict = () => predictStored({ engine, project, folder, model: "trend" });
const vectorObject = () => {
  const found = deployment.catalog.objects.find(({ kind, name }) => kind === "vector" && name === "trend_v1");
  if (found?.storage === undefined) throw new Error("no vector");
  return { ...found, table: found.storage.table };
};

beforeAll(async () => {
  engine = await openScratch();
  const size = { fromBucketConfig: false, byInstrument: {}, fallback: "8" };
  deployment = await deployStock(engine, { clock: { size } });
  project = { ...deployment.project, root };
  const market = longMarket(1_200, 20240808);
  await storeTrades(deployment, market.trades);
  await storeBooks(deployment, market.books);
  await advance(deployment.context, {});
  const registry = openRegistryWriter(engine, project.databases.registry);
  await registry.bootstrap();
  const revision = await registry.begin({
    kind: "apply",
    migration: "0001_test",
    planHash: "",
    toolVersion: "",
  });
  const records = deployment.catalog.objects.map(
    (object) => ({ kind: "object", object: deployedObject(object, "live") }) as const,
  );
  await registry.putRecords(revision.id, records);
  await registry.finish(revision, "applied");
  writeContract(1);
  const found = (await specs()).vectors.find(({ name }) => name === "trend_v1");
  if (found === undefined) throw new Error("no vector");
  vector = found;
});
afterAll(async () => {
  await engine.close();
  rmSync(root, { recursive: true, force: true });
});

describe("a model's life", () => {
  it("begins with a registration, which writes hashes beside the comments and pins the vector's version", async () => {
    const first = await register();
    expect(first).toMatchObject({
      version: 1,
      isNew: true,
      stage: "shadow",
      fingerprint: vectorObject().dataHash,
    });
    const text = readFileSync(join(root, "models/trend.yaml"), "utf8");
    expect(text).toContain("# Ours.");
    expect(text).toContain("# the stock vector");
    expect(text).toContain(`sha256: ${first.sha256}`);
    expect(text).toContain(first.signature);
    expect(await openRegistryWriter(engine, project.databases.registry).pins()).toEqual([
      { holder: "model:trend@1", object: "vector:trend_v1", version: first.fingerprint },
    ]);
    expect(await register()).toMatchObject({ isNew: false, sha256: first.sha256 });
    expect(await state()).toEqual({
      live: undefined,
      candidate: { version: 1, stage: { kind: "shadow" } },
      previous: [],
    });
  });

  it("is refused another file under a version, and a file that was changed", async () => {
    const good = readFileSync(join(root, "models/trend_v1.onnx"));
    const contract = readFileSync(join(root, "models/trend.yaml"), "utf8");
    writeContract(2);
    writeFileSync(join(root, "models/trend_v1.onnx"), readFileSync(join(root, "models/trend_v2.onnx")));
    writeFileSync(join(root, "models/trend.yaml"), contract);
    await expect(register()).rejects.toMatchObject({ code: "FS_MODEL_MISMATCH" });
    writeFileSync(
      join(root, "models/trend.yaml"),
      contract.replace(/^sha256.*\n/m, "").replace(/^sample.*\n/m, ""),
    );
    await expect(register()).rejects.toMatchObject({ code: "FS_MODEL_VERSION" });
    writeFileSync(join(root, "models/trend_v1.onnx"), good);
  });

  it("answers once it is live, from rows that are the vector's, bit for bit, in the online store too", async () => {
    expect((await predict()).map(({ fallbackReason }) => fallbackReason)).toEqual([
      "no_live_version",
      "no_live_version",
    ]);
    await promoteModel(rollOut(), { to: { kind: "live" } });
    const predictions = await predict();
    expect(predictions.map(({ role }) => role)).toContain("live");
    const { table } = vectorObject();
    const store = new OnlineStore({
      reader: engine,
      vectors: [servedVector(vector, { ...vectorObject(), table })],
      now: () => Number.MAX_SAFE_INTEGER,
    });
    await store.warm();
    const features = vector.features.map((feature) => ({ ...feature, onNull: "keep" as const }));
    const plain = planInputs(testContract(width), { features });
    let compared = 0;
    for (const name of store.instruments("trend_v1")) {
      const ring = store.sequence("trend_v1", name, 60);
      const [exchange = "", , symbol = ""] = name.split("/");
      const marketType = name.includes("/spot/") ? "spot" : "linear";
      const key = { exchange, marketType, symbol } as const;
      const first = ring[0]?.bucketId ?? 0;
      const stored = await readVectorRows(
        engine,
        { table, features: vector.features },
        key,
        first,
        first + 59,
      );
      for (const [place, row] of stored.entries()) {
        const held = ring[place];
        expect(new Uint8Array(row.values.buffer)).toEqual(new Uint8Array(held?.values.slice().buffer ?? []));
        expect([...row.nulls]).toEqual([...(held?.nulls ?? [])]);
        // The model's input before normalising: float32 of the stored numbers.
        const [input] = buildInputs(plain, [[row]]);
        const wanted = vector.features.map((_, at) => rawValue(row, at) ?? Number.NaN);
        expect(input?.data).toEqual(Float32Array.from(wanted));
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(60);
  });

  it("goes on with a second version: shadow, canary, live, and back by one command", async () => {
    writeContract(2);
    expect(await register()).toMatchObject({ version: 2, isNew: true });
    const beside = await predict();
    expect(beside.filter(({ role }) => role === "live").every(({ version }) => version === 1)).toBe(true);
    const stages = [];
    for (let step = 0; step < 4; step++) stages.push((await promoteModel(rollOut())).event.stage);
    expect(stages).toEqual([
      { kind: "canary", percent: 1 },
      { kind: "canary", percent: 5 },
      { kind: "canary", percent: 20 },
      { kind: "live" },
    ]);
    expect(await state()).toEqual({ live: 2, candidate: undefined, previous: [1] });
    expect((await predict()).find(({ role }) => role === "live")?.version).toBe(2);
    const back = await rollbackModel(rollOut());
    expect(back).toMatchObject({ event: { version: 1 }, after: { live: 1 } });
    expect((await predict()).find(({ role }) => role === "live")?.version).toBe(1);
    await expect(rollbackModel(rollOut())).rejects.toMatchObject({ code: "FS_MODEL_ROLLOUT" });
    await expect(promoteModel(rollOut())).rejects.toMatchObject({ code: "FS_MODEL_ROLLOUT" });
    await expect(promoteModel(rollOut(), { version: 9 })).rejects.toMatchObject({ code: "FS_MODEL_ROLLOUT" });
  });

  it("keeps as many versions as it is told, and lets the pins of the others go", async () => {
    await promoteModel(rollOut(), { version: 2, to: { kind: "live" } });
    writeContract(3);
    await register();
    expect(await promoteModel(rollOut(), { to: { kind: "live" } })).toMatchObject({ released: [1] });
    const holders = (await openRegistryWriter(engine, project.databases.registry).pins()).map(
      ({ holder }) => holder,
    );
    expect(holders).toEqual(["model:trend@2", "model:trend@3"]);
  });
});

describe("the audit", () => {
  it("holds every prediction, shadows too, and comes out the same from the stored rows", async () => {
    const roles = await engine.rows<{ role: string; version: number; n: string }>(
      `SELECT toString(role) AS role, version, count() AS n FROM ${audit()} GROUP BY ALL ORDER BY ALL`,
    );
    expect(roles.map(({ role, version }) => `${role} ${version}`)).toEqual([
      "live 1",
      "live 2",
      "none 0",
      "shadow 1",
      "shadow 2",
    ]);
    const result = await verifyServed({ reader: engine, project });
    const [answered] = await engine.rows<{ n: string }>(
      `SELECT count() AS n FROM ${audit()} WHERE model != ''`,
    );
    expect(result).toEqual({ checked: Number(answered?.n), failed: 0, notRecomputable: 0, findings: [] });
    expect(result.checked).toBeGreaterThan(3);
  });

  it("finds rows that are no longer those that were read, and answers that the model does not give", async () => {
    await engine.execute(
      `ALTER TABLE ${audit()} UPDATE outputs = [0.5, 0.25, 0.25] WHERE role = 'live' AND version = 2`,
      {
        settings: { mutations_sync: 1 },
      },
    );
    const wrong = await verifyServed({ reader: engine, project });
    expect(wrong.failed).toBeGreaterThan(0);
    expect(wrong.findings[0]?.message).toContain("the audit has [0.5, 0.25, 0.25]");
    const table = quoteName(vectorObject().table);
    await engine.execute(
      `INSERT INTO ${table} SELECT * REPLACE (order_flow__volume + 1 AS order_flow__volume, v + 1 AS v) FROM ${table} FINAL`,
    );
    const changed = await verifyServed({ reader: engine, project });
    expect(changed.failed).toBe(changed.checked);
    expect(changed.findings[0]?.message).toContain("the stored rows are not the ones that it read");
    rmSync(join(root, "models/trend_v1.onnx"));
    const gone = await verifyServed({ reader: engine, project });
    expect(gone.notRecomputable).toBeGreaterThan(0);
  });
});

describe("over HTTP", () => {
  const keys = { reader: createKey("reader", ["read"]), trader: createKey("trader", ["predict"]) };
  let now = 0;
  let store: OnlineStore;
  let instruments: string[];
  const deployedVector = () => servedVector(vector, { ...vectorObject(), table: vectorObject().table });
  const open = (rows: OnlineStore, maxBytes = 2 ** 28) =>
    OnlinePredictions.open({ engine, project, folder, store: rows, now: () => now, maxBytes });
  const counted = async () =>
    Number((await engine.rows<{ n: string }>(`SELECT count() AS n FROM ${audit()}`))[0]?.n);
  /** What both ways to ask must agree on. */
  const said = ({ probabilities, decision, value }: Prediction | PredictedInstrument) => [
    probabilities,
    value,
    decision && [decision.act, decision.side, decision.size, decision.reasons],
  ];
  const stored = async () =>
    (await predict()).map((one) => [
      ...[one.instrument, one.model, one.version, one.role, one.bucketId, one.inputsHash],
      ...[one.fallbackReason, ...said(one)],
    ]);
  const answered = ({ predictions }: PredictAnswer) =>
    predictions.map((one) => [
      ...[one.instrument, one.model, one.version, one.stage, one.bucket_id, one.inputs_hash],
      ...[one.fallback_reason, ...said(one)],
    ]);

  beforeAll(async () => {
    const [newest] = await engine.rows<{ at: string }>(
      `SELECT toUnixTimestamp64Milli(max(available_at)) AS at FROM ${quoteName(vectorObject().table)}`,
    );
    now = Number(newest?.at);
    store = new OnlineStore({ reader: engine, vectors: [deployedVector()], now: () => now });
    await store.warm();
    instruments = store.instruments("trend_v1");
  });

  it("answers what stored rows give, follows a rollback, and has its audit written when it has ended", async () => {
    const predictions = await open(store);
    const service: Service = {
      store,
      predictions,
      engine,
      database: project.databases.features,
      instruments: [],
      keys: new KeyRing(parseKeys(`${keys.reader.line}\n${keys.trader.line}`, "test")),
      now: () => now,
      version: "0.0.0",
      limits: defaultServiceLimits,
      log: undefined,
    };
    const listening = await listen(service, "127.0.0.1", 0);
    const unheard = { line: () => undefined } as unknown as Shell["progress"];
    const stopFollowing = keepFollowing([modelFollower(predictions, unheard)], 50);
    const as = (key?: string) =>
      new PrismClient({ url: listening.url, ...(key === undefined ? {} : { key }) });
    const client = as(keys.trader.key);
    const request = { model: "trend", instruments };
    try {
      const wanted = await stored();
      expect(wanted.some(([, model, version]) => model === "trend" && version === 3)).toBe(true);
      const before = await counted();
      const answer = await client.predict(request);
      expect(answered(answer)).toEqual(wanted);
      expect(answered(await client.predict({ vector: "trend_v1", instruments }))).toEqual(wanted);
      for (const one of answer.predictions.filter(({ bucket_id }) => bucket_id !== null)) {
        const [exchange = "", market, symbol = ""] = one.instrument.split("/");
        const key = { exchange, marketType: market === "spot" ? "spot" : "linear", symbol } as const;
        const from = { table: vectorObject().table, features: vector.features };
        const id = one.bucket_id ?? 0;
        expect(one.inputs_hash).toBe(hashRows(await readVectorRows(engine, from, key, id, id)));
        expect(one.fingerprint).toBe(vectorObject().dataHash);
      }

      const refused = (work: Promise<unknown>) =>
        work.then(
          () => "answered",
          (error: PrismError) => [error.status, error.code],
        );
      expect(await refused(as().predict(request))).toEqual([401, "unauthorized"]);
      expect(await refused(as(keys.reader.key).predict(request))).toEqual([403, "forbidden"]);
      expect(await refused(client.predict({ ...request, model: "none" }))).toEqual([404, "not_found"]);
      expect(await refused(client.predict({ vector: "none", instruments }))).toEqual([404, "not_found"]);
      const unknown = { ...request, instruments: ["binance/spot/NONE"] };
      expect(await refused(client.predict(unknown))).toEqual([404, "not_found"]);
      const many = Array.from({ length: 201 }, (_, place) => `binance/spot/X${place}`);
      for (const bad of [[], many, ["x"], [...instruments, ...instruments]]) {
        const work = client.predict({ ...request, instruments: bad });
        expect(await refused(work)).toEqual([400, "bad_request"]);
      }
      const both = { ...request, vector: "trend_v1" };
      expect(await refused(client.predict(both))).toEqual([400, "bad_request"]);

      expect((await rollbackModel(rollOut())).after.live).toBe(2);
      await expect
        .poll(
          async () => {
            const { predictions: now } = await client.predict(request);
            return now.map(({ version }) => version);
          },
          { timeout: 20_000 },
        )
        .toContain(2);
      const last = await client.predict(request);
      const back = await stored();
      expect(answered(last)).toEqual(back);
      await listening.close();
      await stopFollowing();
      await predictions.close();
      expect(predictions.audit).toMatchObject({ waiting: 0, dropped: 0, failure: undefined });
      expect(await counted()).toBe(before + predictions.audit.written + instruments.length);
      const [found] = await engine.rows<{ n: string }>(
        `SELECT count() AS n FROM ${audit()} WHERE request_id = {id:String}`,
        { params: { id: last.predictions[0]?.request_id ?? "" } },
      );
      expect(found?.n).toBe("1");
    } finally {
      await stopFollowing();
      await listening.close();
      await predictions.close();
    }
  });

  it("serves another version once it is live, while a model stays on the one that it is pinned to", async () => {
    const first = vectorObject();
    const rows = new OnlineStore({ reader: engine, vectors: [deployedVector()], now: () => now });
    await rows.warm();
    const predictions = await open(rows);
    const said: string[] = [];
    const look = versionFollower({
      context: { specs: await specs(), project, target: Object.values(project.targets)[0] as Target, engine },
      shell: {
        options: { project: root } as Shell["options"],
        env: {},
        progress: { line: (text: string) => void said.push(text) } as unknown as Shell["progress"],
      },
      store: rows,
      predictions,
    });
    const { bytes } = rows.stats;
    const before = await predictions.predict("trend", instruments);
    await look();
    await look();
    expect(said).toEqual([]);

    // What `feature apply` of another process leaves: a table beside the old one, and records that say which is live.
    const dataHash = "f".repeat(64);
    const table = { ...first.table, name: "trend_v1__ffffffff" };
    await engine.execute(`CREATE TABLE ${quoteName(table)} AS ${quoteName(first.table)}`);
    await engine.execute(
      `INSERT INTO ${quoteName(table)} SELECT * REPLACE (order_flow__volume + 1 AS order_flow__volume)
       FROM ${quoteName(first.table)} FINAL`,
    );
    const registry = openRegistryWriter(engine, project.databases.registry);
    const revision = await registry.begin({
      kind: "apply",
      migration: "0002_test",
      planHash: "",
      toolVersion: "",
    });
    const old = deployedObject(first, "retired");
    const storage = old.storage && { ...old.storage, table };
    await registry.putRecords(revision.id, [
      { kind: "object", object: old },
      { kind: "object", object: { ...old, state: "live", dataHash, storage } },
    ]);
    await registry.finish(revision, "applied");
    const [instrument = ""] = instruments;
    const volume = () => {
      const place = deployedVector().features.indexOf("order_flow__volume");
      return rows.latest("trend_v1", instrument)?.row.values[place] ?? Number.NaN;
    };
    const volumeBefore = volume();
    await look();
    expect(said).toEqual([
      `trend_v1 is served in version ffffffff from now on, before in ${first.dataHash.slice(0, 8)}`,
    ]);
    expect(rows.vector("trend_v1")).toMatchObject({ fingerprint: dataHash, table });
    expect(volume()).toBe(volumeBefore + 1);
    expect(rows.stats).toMatchObject({ bytes, refused: 0 });
    const after = await predictions.predict("trend", instruments);
    expect(after.map((one) => [one.inputsHash, one.fingerprint, one.probabilities])).toEqual(
      before.map((one) => [one.inputsHash, one.fingerprint, one.probabilities]),
    );
    expect(after.some(({ inputsHash }) => inputsHash !== null)).toBe(true);

    // A version with other features than the specs here is not taken up.
    const fewer = old.columns.filter(({ name }) => name !== "order_flow__volume");
    await registry.putRecords(revision.id, [
      { kind: "object", object: { ...old, state: "live", dataHash, storage, columns: fewer } },
    ]);
    await look();
    await look();
    expect(said.slice(1)).toEqual([
      expect.stringContaining("has other features in the specs than on the target"),
    ]);
    expect(volume()).toBe(volumeBefore + 1);
    await predictions.close();
  });

  it("reads the version that a model is pinned to when the service serves another one, or refuses the model", async () => {
    const other = { ...deployedVector(), fingerprint: "0".repeat(64), features: deployedVector().features };
    const foreign = new OnlineStore({ reader: engine, vectors: [other], now: () => now });
    const pinned = await open(foreign);
    const cramped = await open(foreign, 0);
    try {
      expect(foreign.instruments("trend_v1")).toEqual([]);
      expect(pinned.state("trend")).toBe("served");
      const direct = await predict();
      const beside = await pinned.predict("trend", instruments);
      expect(beside.map((one) => [one.inputsHash, ...said(one)])).toEqual(
        direct.map((one) => [one.inputsHash, ...said(one)]),
      );
      expect(beside.some(({ inputsHash }) => inputsHash !== null)).toBe(true);
      expect(cramped.state("trend")).toEqual({ refused: expect.stringContaining("do not fit into memory") });
      await expect(cramped.predict("trend", instruments)).rejects.toMatchObject({ code: "FS_MODEL_UNKNOWN" });
      expect(cramped.state("none")).toBeUndefined();
    } finally {
      await pinned.close();
      await cramped.close();
    }
  });
});

describe("DeepLOB-TCN over examples/deeplob-tcn", () => {
  it("is written with random weights, checked, registered, and answers from 60 rows of the book's channels", async () => {
    const example = { folder: "deeplob-tcn", vector: "book_tcn_v1" };
    const clock = { size: { fromBucketConfig: false, byInstrument: {}, fallback: "8" } };
    const tcn = await deployStock(engine, { prefix: "tcn_", clock, example });
    const market = longMarket(1_200, 20240808);
    await storeTrades(tcn, market.trades);
    await storeBooks(tcn, market.books);
    await advance(tcn.context, {});
    const { registry: database } = tcn.project.databases;
    const registry = openRegistryWriter(engine, database);
    await registry.bootstrap();
    const revision = await registry.begin({
      kind: "apply",
      migration: "0001_test",
      planHash: "",
      toolVersion: "",
    });
    await registry.putRecords(
      revision.id,
      tcn.catalog.objects.map((one) => ({ kind: "object", object: deployedObject(one, "live") }) as const),
    );
    await registry.finish(revision, "applied");

    const spec = (await loadStock({ example })).vectors.find(({ name }) => name === "book_tcn_v1");
    const object = tcn.catalog.objects.find(({ kind, name }) => kind === "vector" && name === "book_tcn_v1");
    if (spec === undefined || object?.storage === undefined) throw new Error("no vector");
    const { table } = object.storage;
    const written = await writeUntrainedTcn({
      ...{ reader: engine, vector: spec, identity: vectorIdentity(spec, object), table, folder },
      ...{
        model: "book_tcn_untrained",
        known: undefined,
        bookView: "book_channels",
        steps: 60,
        hidden: 64,
        seed: 1,
      },
    });
    expect(written).toMatchObject({ bookChannels: 20, tradeFeatures: 8, steps: 60, weights: 101_955 });
    cpSync(join(packageRoot, "examples/deeplob-tcn/features"), join(root, "features"), { recursive: true });
    const { models } = await loadProject({ project: root, target: undefined }, {});
    const contract = models.find(({ name }) => name === "book_tcn_untrained");
    if (contract === undefined) throw new Error("no contract");
    expect(contract.description).toContain("UNTRAINED");
    await registerModel({ engine, database, contract, vector: spec, folder, by: "test" });
    await promoteModel(
      { engine, database, model: contract.name, by: "test", keep },
      { to: { kind: "live" } },
    );

    const at = { engine, project: { ...tcn.project, root }, folder };
    const predictions = await predictStored({ ...at, model: contract.name });
    const answered = predictions.filter(({ role }) => role === "live");
    expect(answered.length).toBeGreaterThan(0);
    for (const { instrument, bucketId, probabilities, inputsHash } of answered) {
      const [exchange = "", type, symbol = ""] = instrument.split("/");
      const key = { exchange, marketType: type === "spot" ? "spot" : "linear", symbol } as const;
      const last = bucketId ?? 0;
      const rows = await readVectorRows(engine, { table, features: spec.features }, key, last - 59, last);
      expect(inputsHash).toBe(hashRows(rows));
      const sum = probabilities?.reduce((total, { probability }) => total + probability, 0);
      expect(sum).toBeCloseTo(1, 5);
      // The tensors are the table's numbers: the channels of 60 rows, and the other features of the last one.
      const { mean = [], scale = [] } = contract.normalise ?? {};
      const of = (row: ModelRow, place: number) => {
        const raw = rawValue(row, place) ?? mean[place] ?? 0;
        return Math.fround((raw - (mean[place] ?? 0)) / (scale[place] ?? 1));
      };
      const [book, trade] = buildInputs(planInputs(contract, spec), [rows]);
      expect(book?.dims).toEqual([1, 60, 20]);
      const channels = rows.flatMap((row) => Array.from({ length: 20 }, (_, place) => of(row, place)));
      expect(book?.data).toEqual(Float32Array.from(channels));
      expect(trade?.dims).toEqual([1, 8]);
    }
    expect(await verifyServed({ reader: engine, project: at.project })).toMatchObject({
      checked: answered.length,
      failed: 0,
    });
  });
});

function audit(): string {
  return quoteName({ database: project.databases.features, name: "inference_audit" });
}
