import { type Command, Option } from "commander";
import { FeatureError } from "../../errors.js";
import type { Bind } from "../command-module.js";
import { withProject } from "../context.js";
import { describeFetch } from "../describe-fetch.js";
import type { FetchFlags } from "../fetch-flags.js";
import { examples } from "../help.js";

const each = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

export function configure(command: Command, bind: Bind): void {
  command
    .description(
      "Writes a training set: for each row of a spine (exchange, market_type, symbol, ts, and columns of your own) the " +
        "features as they were known at ts, or one row for every closed bucket. NULL, never 0, where nothing was known or " +
        "it was older than the vector's max_age. Every spine row comes back once, in order. Labels are those of the " +
        "features' bucket; they look forward. <out>.manifest.json, beside the file, records what it was made from.",
    )
    .addOption(
      new Option("--vector <name>", "a vector to fetch; repeat it for several")
        .argParser(each)
        .makeOptionMandatory(),
    )
    .addOption(new Option("--labels <name>", "a label to join; repeat it for several").argParser(each))
    .requiredOption(
      "--out <file>",
      "the file to write; its suffix gives the format: parquet, csv, arrow, ndjson",
    )
    .addOption(
      new Option("--spine <file>", "file of the moments to fetch at: csv, parquet or ndjson").conflicts([
        "everyBucket",
        "spineSql",
      ]),
    )
    .addOption(
      new Option("--spine-sql <query>", "a SELECT that returns the spine's rows").conflicts("everyBucket"),
    )
    .option("--every-bucket", "one row for every closed bucket instead of a spine")
    .option(
      "--exclude <file>",
      "csv with the columns from, to (and exchange, market_type, symbol): rows whose time, from ts to the end of their labels, overlaps one of its intervals are left out",
    )
    .addOption(
      new Option("--as-of-revision <n>", "use the versions that were live after this revision").argParser(
        (text) =>
          /^[1-9]\d{0,8}$/.test(text)
            ? Number(text)
            : usage(`--as-of-revision needs a number, found ${text}.`),
      ),
    )
    .addOption(
      new Option("--format <name>", "format of --out, if its suffix does not say").choices([
        "parquet",
        "csv",
        "arrow",
        "ndjson",
      ]),
    )
    .addOption(
      new Option("--spine-format <name>", "format of --spine, if its suffix does not say").choices([
        "csv",
        "parquet",
        "ndjson",
      ]),
    )
    .addHelpText(
      "after",
      examples(
        ["feature fetch --vector trend_v1 --every-bucket --out train.parquet", "every closed bucket"],
        [
          "feature fetch --vector trend_v1 --labels trend_3 --every-bucket --out train.parquet",
          "with the label to predict",
        ],
        [
          "feature fetch --vector trend_v1 --spine trades.csv --out train.csv",
          "at the times of your own rows",
        ],
      ),
    )
    .action(
      bind<FetchFlags>(async ({ options, shell }) => {
        if ([options.spine, options.spineSql, options.everyBucket].every((one) => one === undefined)) {
          usage("Expected --spine <file>, --spine-sql <query> or --every-bucket, found none of them.");
        }
        return withProject(shell, "fetch", async (context) => {
          const { runFetch } = await import("../run-fetch.js");
          const summary = await runFetch(context, options);
          const { warnings, ...rest } = summary;
          return {
            result: { ...rest, warnings },
            text: () => describeFetch(summary),
            warnings,
          };
        });
      }),
    );
}

function usage(message: string): never {
  throw new FeatureError("FS_CLI_USAGE", message);
}
