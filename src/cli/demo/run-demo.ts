import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { Findings } from "../../errors.js";
import type { Prediction } from "../../models/prediction.js";
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
  /** What a baseline says about every instrument's newest row; null where the market was too short to fit one. */
  readonly predictions: readonly Prediction[] | null;
  /** The last vector of every instrument. */
  readonly vectors: readonly Readonly<Record<string, unknown>>[];
  readonly seconds: number;
}

const trainingSet = "trend_v1.parquet";
/** From labels to answers: the walk-forward report is the first one's, the predictions are the last one's. */
const modelCommands = [
  { args: ["models", "train", "baseline", "--vector", "trend_v1", "--label", "trend_3"] },
  { args: ["models", "check"] },
  { args: ["models", "register", "trend_baseline"] },
  { args: ["models", "promote", "trend_baseline", "--to", "live"] },
  { args: ["models", "predict", "trend_baseline"] },
];
const lastVectors =
  "SELECT * FROM marketprism_features.vector_trend_v1 ORDER BY bucket_id DESC LIMIT 1 BY exchange, market_type, symbol";

function announce(shell: Shell, params: MarketParams, files: readonly WrittenFile[]): void {
  const rows = (layout: string) =>
    countText(files.filter((file) => file.layout === layout).reduce((sum, file) => sum + file.rows, 0));
  const names = params.instruments.map((one) => `${one.exchange}/${one.marketType}/${one.symbol}`).join(", ");
  shell.progress.line(`Simulated ${params.hours} hours of ${names} (seed ${params.seed}), no real prices:`);
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
    { args: ["init", "--lean"] },
    { args: ["validate"] },
    { args: ["apply"] },
    {
      args: ["ingest", "binance-archive", ...paths("binance-archive")],
      shown: "../market/binance-archive/*/*.zip",
    },
    { args: ["ingest", "tardis", ...paths("tardis")], shown: "../market/tardis/*.csv.gz" },
    { args: ["status"] },
    { args: ["fetch", "--vector", "trend_v1", "--every-bucket", "--out", trainingSet] },
    { args: ["labels", "build"] },
  ];
  const steps: DemoStep[] = [];
  const run = async ({ args, shown }: { readonly args: readonly string[]; readonly shown?: string }) => {
    const command = `feature ${(shown === undefined ? args : [args[0], args[1], shown]).join(" ")}`;
    shell.progress.line(`$ ${command}`);
    const begun = performance.now();
    const result = await childCommand(shell, project, args);
    const seconds = Math.round(performance.now() - begun) / 1000;
    steps.push({ command, seconds, result });
    const name = args[0] === "models" ? `models ${args[1]}` : (args[0] ?? "");
    shell.progress.line(`  ${describeStep(name, result)} (${seconds.toFixed(1)} s)\n`);
    return result;
  };
  for (const command of commands) await run(command);
  const predictions = await predict(shell, run);
  const vectors = (await childCommand(shell, project, ["sql", lastVectors])) as DemoResult["vectors"];
  return {
    simulated: true,
    seed: options.seed,
    hours: options.hours,
    folder,
    trainingSet: join(project, trainingSet),
    steps,
    predictions,
    vectors,
    seconds: Math.round(performance.now() - started) / 1000,
  };
}

/** The model's part; null, and said, when the market was too short to fit one. */
async function predict(
  shell: Shell,
  run: (command: { readonly args: readonly string[] }) => Promise<Printed>,
): Promise<readonly Prediction[] | null> {
  let last: Printed = {};
  try {
    for (const command of modelCommands) last = await run(command);
  } catch (error) {
    const found = error instanceof Findings ? error.findings[0] : undefined;
    if (found?.code !== "FS_MODEL_TRAINING_SET") throw error;
    shell.progress.line(`  no model of so short a market: ${found.message}\n`);
    return null;
  }
  return (last as unknown as { readonly predictions: readonly Prediction[] }).predictions;
}
