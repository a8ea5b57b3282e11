import { type Command, Option } from "commander";
import { FeatureError } from "../../errors.js";
import type { Scheme } from "../../fetch/split/split-file.js";
import { parseDuration } from "../../spec/duration.js";
import type { Bind } from "../command-module.js";
import { countText } from "../count-text.js";
import { examples } from "../help.js";
import { renderTable } from "../render-table.js";

interface SplitFlags {
  readonly scheme: Scheme;
  readonly time: string;
  readonly labelEnd: string;
  readonly embargo: number;
  readonly folds: number;
  readonly span?: number;
  readonly step?: number;
  readonly trainSpan?: number;
  readonly first?: number;
  readonly out: string;
  readonly column?: boolean;
}

export function configure(command: Command, bind: Bind): void {
  command
    .description(
      "Splits a fetched file into training and validation folds. A row trains only if its label was known before " +
        "validation begins, by at least the embargo; the others are purged. walk-forward trains on the time just before, " +
        "expanding on all that came before, k-fold on both sides. Rows without a label are in no fold.",
    )
    .argument("<file>", "a file written by `feature fetch`, with the end of a label")
    .addOption(
      new Option("--scheme <name>", "how to split")
        .choices(["walk-forward", "expanding", "k-fold"])
        .default("walk-forward"),
    )
    .requiredOption("--label-end <column>", "when each label is known, such as trend_3__label_end_ts")
    .option("--time <column>", "when each row is decided", "available_at")
    .option("--embargo <duration>", "gap between the end of training labels and validation", duration, 0)
    .option("--folds <n>", "number of folds", count, 5)
    .option(
      "--span <duration>",
      "length of a validation stretch; as many folds as fit (default: the whole time / (folds + 1))",
      duration,
    )
    .option("--step <duration>", "from one validation to the next (default: the span)", duration)
    .option(
      "--train-span <duration>",
      "of walk-forward: how far training goes back (default: the span)",
      duration,
    )
    .option("--first <time>", "where the first validation begins", moment)
    .requiredOption("--out <path>", "a folder for two files per fold, or a file with --column")
    .option("--column", "write one file with a column per fold: train, validation, purged or empty")
    .addHelpText(
      "after",
      examples(
        [
          "feature split train.parquet --label-end trend_3__label_end_ts --embargo 5m --out folds",
          "five folds of two files each",
        ],
        [
          "feature split train.parquet --label-end trend_3__label_end_ts --scheme k-fold --out folds.parquet --column",
          "one file",
        ],
      ),
    )
    .action(
      bind<SplitFlags>(async ({ args, options }) => {
        const { splitFile } = await import("../../fetch/split/split-file.js");
        const summary = await splitFile({
          path: args[0] ?? "",
          scheme: options.scheme,
          time: options.time,
          labelEnd: options.labelEnd,
          embargoMs: options.embargo,
          folds: options.folds,
          spanMs: options.span,
          stepMs: options.step,
          trainSpanMs: options.trainSpan,
          firstMs: options.first,
          out: { kind: options.column === true ? "column" : "folder", path: options.out },
        });
        return {
          result: { ...summary },
          text: () =>
            `${countText(summary.rows)} rows, ${countText(summary.unlabelled)} without a label; ${summary.folds.length} folds in ${summary.out}\n\n${renderTable(
              ["fold", "validation from", "to", "train", "validation", "purged"],
              summary.folds.map((fold) => [
                fold.fold,
                fold.from,
                fold.to,
                fold.train,
                fold.validation,
                fold.purged,
              ]),
            )}`,
        };
      }),
    );
}

function duration(text: string): number {
  const found = parseDuration(text);
  if (found === undefined)
    throw new FeatureError("FS_CLI_USAGE", `Expected a duration such as 5m, found ${text}.`);
  return found;
}

function count(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new FeatureError("FS_CLI_USAGE", `Expected a number of folds from 1 to 9999, found ${text}.`);
}

function moment(text: string): number {
  const found = Date.parse(
    /(Z|[+-]\d{2}:?\d{2})$/.test(text) || text.length === 10 ? text : `${text.replace(" ", "T")}Z`,
  );
  if (Number.isNaN(found))
    throw new FeatureError("FS_CLI_USAGE", `Expected a time such as 2024-08-08T23:54:15Z, found ${text}.`);
  return found;
}
