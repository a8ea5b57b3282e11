import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { expectDocument, expectSchema } from "../support/cli-document.js";
import { runFeature } from "../support/run-feature.js";

const folder = mkdtempSync(join(tmpdir(), "prism-cli-demo-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("demo runs the whole chain and ends with vectors and a training set", async () => {
  const run = await runFeature(["demo", "--hours", "0.3", "--keep", folder, "--json"]);
  expect(run.status).toBe(0);
  const document = expectDocument(run.stdout);
  const steps = document.steps as { command: string; result: { schema: string } }[];
  for (const { result } of steps) expectSchema(/^feature\.(.+)\/1$/.exec(result.schema)?.[1] ?? "", result);
  expect(steps.map(({ command }) => command)).toEqual([
    "feature init --lean",
    "feature validate",
    "feature apply",
    "feature ingest binance-archive ../market/binance-archive/*/*.zip",
    "feature ingest tardis ../market/tardis/*.csv.gz",
    "feature status",
    "feature fetch --vector trend_v1 --every-bucket --out trend_v1.parquet",
    "feature labels build",
  ]);
  // Eighteen minutes hold no row with 50 buckets before it: the demo says so, and goes on.
  expect(document.predictions).toBeNull();
  const vectors = document.vectors as Record<string, unknown>[];
  expect(vectors).toHaveLength(3);
  for (const vector of vectors) expect(vector.order_flow__volume).toBeGreaterThan(0);
  expect(
    readFileSync(document.trainingSet as string)
      .subarray(0, 4)
      .toString(),
  ).toBe("PAR1");

  // Said to people while it runs, and once more at the end.
  expect(run.stderr).toContain("no real prices");
  expect(run.stderr).toContain("no model of so short a market");
  const again = await runFeature(["demo", "--keep", folder]);
  expect(again.status).toBe(1);
  expect(again.stderr).toContain("FS_CLI_FILE_EXISTS");
});
