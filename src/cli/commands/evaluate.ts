import { writeFileSync } from "node:fs";
import { type Command, Option } from "commander";
import { FeatureError } from "../../errors.js";
import { parseDuration } from "../../spec/duration.js";
import type { Bind } from "../command-module.js";
import { countText } from "../count-text.js";
import { examples } from "../help.js";
import { renderTable } from "../render-table.js";

interface EvaluateFlags {
  readonly prediction: string;
  readonly label: string;
  readonly time: string;
  readonly labelEnd?: string;
  readonly probability?: string;
  readonly outcome?: string;
  readonly position?: string;
  readonly groupBy?: string;
  readonly reference?: string;
  readonly costBps: number;
  readonly period: number;
  readonly bins: number;
  readonly samples: number;
  readonly seed: number;
  readonly html?: string;
}

export function configure(command: Command, bind: Bind): void {
  command
    .description(
      "Scores predictions against outcomes: information coefficients by period, calibration of probabilities, what positions would " +
        "have earned after costs, drift against a reference; with intervals from resampled blocks that are as long as labels " +
        "overlap. NULL where something is undefined.",
    )
    .argument("<file>", "predictions and labels by row: parquet, csv, arrow, ndjson")
    .requiredOption("--prediction <column>", "what was predicted: a return or a score")
    .requiredOption("--label <column>", "the realised log return, such as trend_3__raw_return")
    .option("--time <column>", "when each row was decided", "available_at")
    .option("--label-end <column>", "when each label was known; without it labels are taken not to overlap")
    .option("--probability <column>", "probability of an event, for Brier score, ECE and AUC-PR")
    .option(
      "--outcome <column>",
      "1 where that event happened, else 0 (default: whether the label is above 0)",
    )
    .option("--position <column>", "position taken (default: the prediction's sign)")
    .option("--group-by <column>", "also report metrics for each of its values")
    .option("--reference <file>", "a file of predictions to compute PSI and KS against")
    .option("--cost-bps <n>", "cost of changing the position by 1, in basis points", number, 0)
    .addOption(
      new Option(
        "--period <duration>",
        "length of a period of the mean IC and IC_IR; periods of fewer than three rows are left out",
      )
        .argParser(duration)
        .default(86_400_000, "1d"),
    )
    .option("--bins <n>", "bins of ECE and PSI", integer, 10)
    .option("--samples <n>", "bootstrap samples; 0: no intervals", integer, 500)
    .option("--seed <n>", "seed of the bootstrap", integer, 7)
    .option("--html <file>", "write a report with plots: one file that needs nothing else")
    .addHelpText(
      "after",
      examples([
        "feature evaluate scored.parquet --prediction score --label trend_3__raw_return --label-end trend_3__label_end_ts --cost-bps 2 --html report.html",
        "print the metrics and write a report",
      ]),
    )
    .action(
      bind<EvaluateFlags>(async ({ args, options }) => {
        const [{ evaluateFile }, { reportHtml }] = await Promise.all([
          import("../../fetch/evaluate/evaluate-file.js"),
          import("../../fetch/evaluate/report-html.js"),
        ]);
        const request = {
          path: args[0] ?? "",
          time: options.time,
          prediction: options.prediction,
          label: options.label,
          labelEnd: options.labelEnd,
          probability: options.probability,
          outcome: options.outcome,
          position: options.position,
          groupBy: options.groupBy,
          reference: options.reference,
          bins: options.bins,
          cost: options.costBps / 10_000,
          periodMs: options.period,
          // Of two rows a correlation is 1 or -1, whatever was predicted.
          fewestOfPeriod: 3,
          samples: options.samples,
          seed: options.seed,
          level: 0.95,
        };
        const result = await evaluateFile(request);
        if (options.html !== undefined) writeFileSync(options.html, reportHtml(request, result));
        const shown = (value: number | null): string => {
          if (value === null) return "NULL";
          return Number.isInteger(value) ? countText(value) : value.toPrecision(6);
        };
        const groups = result.groups.map(({ group, metrics: one }) => [
          group,
          ...[one.rows, one.ic, one.rankIc, one.brier, one.sharpe, one.turnover].map(shown),
        ]);
        return {
          result: { ...result, html: options.html ?? null },
          text: () =>
            `${countText(result.metrics.rows)} rows scored, ${countText(result.rowsSkipped)} without a time, prediction or label; labels overlap ${result.overlap}-fold\n\n${renderTable(
              ["metric", "value", "95 % interval"],
              Object.entries(result.metrics).map(([name, value]) => {
                const interval =
                  name === "ic" || name === "rankIc" || name === "sharpe" ? result.intervals[name] : null;
                return [
                  name,
                  shown(value),
                  interval === null ? "" : `${shown(interval.low)} … ${shown(interval.high)}`,
                ];
              }),
            )}${
              groups.length === 0
                ? ""
                : `\n${renderTable([options.groupBy ?? "group", "rows", "ic", "rankIc", "brier", "sharpe", "turnover"], groups)}`
            }${options.html === undefined ? "" : `\nReport: ${options.html}\n`}`,
        };
      }),
    );
}

function duration(text: string): number {
  const found = parseDuration(text);
  if (found === undefined || found === 0) throw usage("a duration such as 1d", text);
  return found;
}

function integer(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw usage("a whole number", text);
  return Number(text);
}

function number(text: string): number {
  const found = Number(text);
  if (text.trim() === "" || !(found >= 0) || !Number.isFinite(found))
    throw usage("a number that is not below 0", text);
  return found;
}

function usage(wanted: string, found: string): FeatureError {
  return new FeatureError("FS_CLI_USAGE", `Expected ${wanted}, found ${found}.`);
}
