import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { countText } from "../count-text.js";
import type { Shell } from "../shell.js";
import { childCommand, type Printed } from "./child-command.js";
import { describeStep } from "./describe-step.js";
import { type MarketParams, stockMarket } from "./market-model.js";
import { type WrittenFile, writeMarket } from "./write-market.js";

export interface DemoOptions {
  readonly seed: number;
  readonly hours: number;
  /** Undefined: a new folder among the system's temporary files. */
  readonly keep: string | undefined;
}

export interface DemoStep {
  readonly command: string;
  readonly seconds: number;
  readonly result: Printed;
}

export interface DemoResult {
  readonly simulated: true;
  readonly seed: number;
  readonly hours: number;
  readonly folder: string;
  readonly trainingSet: string;
  readonly steps: readonly DemoStep[];
  /** The last vector of every instrument. */
  readonly vectors: readonly Readonly<Record<string, unknown>>[];
  readonly seconds: number;
}

const trainingSet = "trend_v1.parquet";
const lastVectors =
  "SELECT * FROM marketprism_features.vector_trend_v1 ORDER BY bucket_id DESC LIMIT 1 BY exchange, market_type, symbol";

function announce(shell: Shell, params: MarketParams, files: readonly WrittenFile[]): void {
  const rows = (layout: string) =>
    countText(files.filter((file) => file.layout === layout).reduce((sum, file) => sum + file.rows, 0));
  const names = params.instruments.map((one) => `${one.exchange}/${one.marketType}/${one.symbol}`).join(", ");
  shell.progress.line(
    `Simulated ${params.hours} hours of ${names} (seed ${params.seed}); no real prices in here:`,
  );
  shell.progress.line(`  ${rows("binance-archive")} trades in the layout of Binance's archive`);
  shell.progress.line(`  ${rows("tardis")} books and tickers in the layout of Tardis\n`);
}

/**
 * Simulates a market into a folder and runs the product's own commands on it, one process each, from `init` to a
 * training set.
 */
export async function runDemo(shell: Shell, options: DemoOptions): Promise<DemoResult> {
  const started = performance.now();
  const folder =
    options.keep === undefined ? await mkdtemp(join(tmpdir(), "prism-demo-")) : resolve(options.keep);
  const project = join(folder, "project");
  await mkdir(project, { recursive: true });
  const params = { ...stockMarket, seed: options.seed, hours: options.hours };
  const files = await writeMarket(join(folder, "market"), params);
  announce(shell, params, files);

  const paths = (layout: string) =>
    files.filter((file) => file.layout === layout).map((file) => relative(project, file.path));
  const commands = [
    { args: ["init"] },
    { args: ["validate"] },
    { args: ["apply"] },
    {
      args: ["ingest", "binance-archive", ...paths("binance-archive")],
      shown: "../market/binance-archive/*/*.zip",
    },
    { args: ["ingest", "tardis", ...paths("tardis")], shown: "../market/tardis/*.csv.gz" },
    { args: ["status"] },
    { args: ["fetch", "--vector", "trend_v1", "--every-bucket", "--out", trainingSet] },
  ];
  const steps: DemoStep[] = [];
  for (const { args, shown } of commands) {
    const command = `feature ${(shown === undefined ? args : [args[0], args[1], shown]).join(" ")}`;
    shell.progress.line(`$ ${command}`);
    const begun = performance.now();
    const result = await childCommand(shell, project, args);
    const seconds = Math.round(performance.now() - begun) / 1000;
    steps.push({ command, seconds, result });
    shell.progress.line(`  ${describeStep(args[0] ?? "", result)} (${seconds.toFixed(1)} s)\n`);
  }
  const vectors = (await childCommand(shell, project, ["sql", lastVectors])) as DemoResult["vectors"];
  return {
    simulated: true,
    seed: options.seed,
    hours: options.hours,
    folder,
    trainingSet: join(project, trainingSet),
    steps,
    vectors,
    seconds: Math.round(performance.now() - started) / 1000,
  };
}
