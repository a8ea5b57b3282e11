/** Stock models fitted by the command to a real recording: checked, registered, answering, and verified from the stored rows. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Context, withProject } from "../../src/cli/context.js";
import { deployedVector } from "../../src/cli/deployed-vector.js";
import { openService } from "../../src/cli/open-service.js";
import { openProgress } from "../../src/cli/progress.js";
import type { Shell } from "../../src/cli/shell.js";
import { PrismClient } from "../../src/client/client.js";
import { buildInputs, planInputs } from "../../src/models/input-plan.js";
import { readVectorRows } from "../../src/models/read-vector-rows.js";
import { quoteName } from "../../src/schema/quote.js";
import { expectDocument } from "../support/cli-document.js";
import { featureInProcess } from "../support/feature-in-process.js";
import { recordingPath } from "../support/recording-path.js";
import { packageRoot, runFeature } from "../support/run-feature.js";

const folder = mkdtempSync(join(tmpdir(), "prism-cli-train-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const days = ["08", "09"];
const trades = days.flatMap(
  (day) => recordingPath(`binance-archive/spot/BTCUSDT-trades-2024-08-${day}.zip`) ?? [],
);
const books = days.flatMap(
  (day) => recordingPath(`tardis/binance_book_snapshot_25_2024-08-${day}_BTCUSDT.csv.gz`) ?? [],
);
const hasFiles = trades.length + books.length === 4;

/** Of a market of eleven minutes: small moves count, or there would be hardly any. */
const label = `label: move_5
description: Where the mid goes over the next five buckets
owner: research
clock: ubt
horizon: { buckets: 5 }
price: { view: book_state, column: last_valid_mid, max_age: 60s }
outputs: [raw_return, return_per_second, return_per_sqrt_second, class, label_end_ts]
class: { threshold: { sigma: 0.5, window: 20 }, min_bps: 0.05 }
`;

async function feature(...args: string[]) {
  const { status, stdout, stderr } = await runFeature([...args, "--json", "--quiet"], { cwd: folder });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return expectDocument(stdout);
}

/** The same in this process, for what is not the first of its kind. */
async function again(...args: string[]) {
  const { status, document } = await featureInProcess(args, folder);
  expect(status).toBe(0);
  return document;
}

const names = ["move_isotonic", "move_platt", "book_tcn_head", "book_tcn_untrained"];
const quietShell: Shell = {
  options: { project: folder, target: undefined, json: true, quiet: true, debug: false },
  env: {},
  progress: openProgress(process.stderr, true).progress,
  width: undefined,
  ask: undefined,
  signal: new AbortController().signal,
  onInterrupt: () => () => undefined,
};

/** What POST /v1/predict says of each model is what its file gives to ONNX Runtime for the stored rows, to the last bit. */
async function answersOverHttp(context: Context): Promise<void> {
  const { engine, specs } = context;
  const { table } = await deployedVector(context, "book_tcn_v1");
  const [newest] = await engine.rows<{ at: string }>(
    `SELECT toUnixTimestamp64Milli(max(available_at)) AS at FROM ${quoteName(table)}`,
  );
  // A day of the recording: by the machine's clock its rows would be stale.
  const now = Number(newest?.at);
  const flags = { host: "127.0.0.1", port: 0, onlineMemory: 64, maxRows: 1000, rateLimit: 0 };
  const service = await openService(context, quietShell, flags, () => now);
  try {
    const client = new PrismClient({ url: service.url });
    for (const name of names) {
      const { predictions } = await client.predict({ model: name, instruments: ["binance/spot/BTCUSDT"] });
      const [answer, ...others] = predictions;
      expect(others).toEqual([]);
      expect(answer).toMatchObject({ model: name, version: 1, stage: "live", fallback_reason: null });
      const contract = specs.models.find((one) => one.name === name);
      if (contract === undefined) throw new Error(`no contract of ${name}`);
      const { vector, table } = await deployedVector(context, contract.vector.name);
      const plan = planInputs(contract, vector);
      const last = answer?.bucket_id ?? 0;
      const key = { exchange: "binance", marketType: "spot", symbol: "BTCUSDT" } as const;
      const from = { table, features: vector.features };
      const rows = await readVectorRows(engine, from, key, last - plan.steps + 1, last);
      expect(rows).toHaveLength(plan.steps);
      const session = await InferenceSession.create(readFileSync(join(folder, "models", contract.file)));
      const feeds = buildInputs(plan, [rows]).map(
        (input) => [input.name, new Tensor("float32", input.data, input.dims)] as const,
      );
      const found = await session.run(Object.fromEntries(feeds));
      await session.release();
      const wanted = Array.from(found[contract.outputs.probabilities?.name ?? ""]?.data ?? [], Number);
      expect(wanted).toHaveLength(3);
      expect(answer?.probabilities?.map(({ probability }) => probability)).toEqual(wanted);
    }
  } finally {
    await service.close();
  }
}

describe.runIf(hasFiles).sequential("stock models of a recording", () => {
  beforeAll(async () => {
    await feature("init", "--lean");
    cpSync(join(packageRoot, "examples/deeplob-tcn/features"), join(folder, "features"), { recursive: true });
    writeFileSync(join(folder, "features/labels/move_5.yaml"), label);
    const file = join(folder, "features.yaml");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace(/(binance\/spot\/BTCUSDT: )[\d.]+$/m, "$10.08"));
    await feature("apply", "--yes");
    await feature("ingest", "binance-archive", ...trades);
    await again("ingest", "tardis", ...books);
    await feature("labels", "build");
  });

  it.each(["isotonic", "platt"])(
    "fits a baseline with %s calibration, exported as fitted",
    async (method) => {
      const args = ["--vector", "trend_v1", "--label", "move_5", "--calibration", method, "--folds", "1"];
      const run = method === "isotonic" ? feature : again;
      const report = await run("models", "train", "baseline", ...args, "--model", `move_${method}`);
      expect(report).toMatchObject({ calibration: method, version: 1 });
      expect(report.exportError).toBeLessThan(1e-5);
      expect((report.overall as { skill: number }).skill).toBeGreaterThan(0);
      const operators = readFileSync(join(folder, `models/move_${method}_v1.onnx`)).toString("latin1");
      expect(operators.includes("Softmax")).toBe(true);
      expect(readFileSync(join(folder, `models/move_${method}.yaml`), "utf8")).toContain(
        method === "isotonic" ? "with isotonic calibration" : "calibrated by Platt's scaling",
      );
    },
  );

  it("fits the last layer of DeepLOB-TCN, and says which of it is trained", async () => {
    const args = ["--vector", "book_tcn_v1", "--label", "move_5", "--hidden", "24", "--folds", "1"];
    const report = await feature("models", "train", "tcn", ...args);
    expect(report).toMatchObject({ model: "book_tcn_head", calibration: "platt" });
    expect(report.exportError).toBeLessThan(1e-5);
    // Better than the shares of the classes: random convolutions carry what the books say.
    expect((report.overall as { skill: number }).skill).toBeGreaterThan(0);
    const contract = readFileSync(join(folder, "models/book_tcn_head.yaml"), "utf8");
    expect(contract).toContain("last layer fitted to move_5, convolutions random");
    const file = readFileSync(join(folder, "models/book_tcn_head_v1.onnx"));
    expect(file.toString("latin1")).toContain("trained");
  });

  it("checks, registers and promotes them, answers, and comes out the same from the stored rows", async () => {
    await feature("models", "untrained", "--vector", "book_tcn_v1", "--hidden", "24");
    await feature("models", "check");
    for (const [place, name] of names.entries()) {
      const run = place === 0 ? feature : again;
      await run("models", "register", name);
      await run("models", "promote", name, "--to", "live");
    }
    for (const name of ["move_isotonic", "book_tcn_head"]) {
      const { predictions } = await feature("models", "predict", name);
      const [made] = predictions as { role: string; probabilities: { probability: number }[] }[];
      expect(made?.role).toBe("live");
      expect(made?.probabilities.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
    }
    await withProject(quietShell, "serve", answersOverHttp);
    const checks = [{ check: "served", ok: true, checked: 2 + names.length }];
    expect(await feature("verify", "served")).toMatchObject({ ok: true, checks });
  });
});
