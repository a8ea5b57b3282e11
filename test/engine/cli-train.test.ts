/** Stock models fitted by the command to a real recording: checked, registered, answering, and verified from the stored rows. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectDocument } from "../support/cli-document.js";
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
    await feature("ingest", "tardis", ...books);
    await feature("labels", "build");
  });

  it.each(["isotonic", "platt"])(
    "fits a baseline with %s calibration, exported as fitted",
    async (method) => {
      const args = ["--vector", "trend_v1", "--label", "move_5", "--calibration", method, "--folds", "1"];
      const report = await feature("models", "train", "baseline", ...args, "--model", `move_${method}`);
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
    const names = ["move_isotonic", "book_tcn_head"];
    await feature("models", "check");
    for (const name of names) {
      await feature("models", "register", name);
      await feature("models", "promote", name, "--to", "live");
      const { predictions } = await feature("models", "predict", name);
      const [made] = predictions as { role: string; probabilities: { probability: number }[] }[];
      expect(made?.role).toBe("live");
      expect(made?.probabilities.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
    }
    expect(await feature("verify", "served")).toMatchObject({ ok: true });
  });
});
