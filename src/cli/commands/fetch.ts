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
        "it was older than the vector's max_age. Every spine row comes back, once, in its order. Labels are those of the " +
        "bucket that the features are of; they look forward. Beside the file, <out>.manifest.json says what it is made of.",
    )
    .addOption(
      new Option("--vector <name>", "a vector to fetch; may be given several times")
        .argParser(each)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option("--labels <name>", "a label to put beside it; may be given several times").argParser(each),
    )
    .requiredOption(
      "--out <file>",
      "the file to write; its suffix tells the format: parquet, csv, arrow, ndjson",
    )
    .addOption(
      new Option("--spine <file>", "moments to fetch at: csv, parquet or ndjson").conflicts([
        "everyBucket",
        "spineSql",
      ]),
    )
    .addOption(
      new Option("--spine-sql <query>", "a SELECT that gives the spine's rows").conflicts("everyBucket"),
    )
    .option("--every-bucket", "one row for every closed bucket instead of a spine")
    .option(
      "--exclude <file>",
      "csv with the columns from, to (and exchange, market_type, symbol): rows whose time, from ts to the end of their labels, meets one are left out",
    )
    .addOption(
      new Option("--as-of-revision <n>", "the versions that readers saw after this revision").argParser(
        (text) =>
          /^[1-9]\d{0,8}$/.test(text)
            ? Number(text)
            : usage(`--as-of-revision needs a number, found ${text}.`),
      ),
    )
    .addOption(
      new Option("--format <name>", "of --out, if the suffix does not tell").choices([
        "parquet",
        "csv",
        "arrow",
        "ndjson",
      ]),
    )
    .addOption(
      new Option("--spine-format <name>", "of --spine, if the suffix does not tell").choices([
        "csv",
        "parquet",
        "ndjson",
      ]),
    )
    .addHelpText(
      "after",
      examples(
        ["feature fetch --vector trend_v1 --every-bucket --out train.parquet", "all that is there"],
        [
          "feature fetch --vector trend_v1 --labels trend_3 --every-bucket --out train.parquet",
          "and what is to be predicted",
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
