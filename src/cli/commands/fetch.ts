import { type Command, Option } from "commander";
import { FeatureError } from "../../errors.js";
import type { OutFormat, SpineFormat } from "../../fetch/file-format.js";
import type { Bind } from "../command-module.js";
import { withProject } from "../context.js";
import { describeFetch } from "../describe-fetch.js";
import { examples } from "../help.js";

interface FetchFlags {
  readonly vector: string;
  readonly out: string;
  readonly spine?: string;
  readonly everyBucket?: boolean;
  readonly format?: OutFormat;
  readonly spineFormat?: SpineFormat;
}

export function configure(command: Command, bind: Bind): void {
  command
    .description(
      "Writes a training set: for each row of a spine (exchange, market_type, symbol, ts, and columns of your own) the " +
        "features as they were known at ts, or one row for every closed bucket. NULL, never 0, where nothing was known or " +
        "it was older than the vector's max_age. Every spine row comes back, once, in its order.",
    )
    .requiredOption("--vector <name>", "the vector to fetch")
    .requiredOption(
      "--out <file>",
      "the file to write; its suffix tells the format: parquet, csv, arrow, ndjson",
    )
    .addOption(
      new Option("--spine <file>", "moments to fetch at: csv, parquet or ndjson").conflicts("everyBucket"),
    )
    .option("--every-bucket", "one row for every closed bucket instead of a spine")
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
          "feature fetch --vector trend_v1 --spine trades.csv --out train.csv",
          "at the times of your own rows",
        ],
      ),
    )
    .action(
      bind<FetchFlags>(async ({ options, shell }) => {
        if (options.spine === undefined && options.everyBucket !== true) {
          throw new FeatureError("FS_CLI_USAGE", "Expected --spine <file> or --every-bucket, found neither.");
        }
        return withProject(shell, "fetch", async (context) => {
          const [{ deployedVector }, { fetchAtSpine }, { fetchEveryBucket }] = await Promise.all([
            import("../deployed-vector.js"),
            import("../../fetch/fetch-at-spine.js"),
            import("../../fetch/fetch-every-bucket.js"),
          ]);
          const { engine, project } = context;
          const { vector, table } = await deployedVector(context, options.vector);
          const out = { path: options.out, ...(options.format && { format: options.format }) };
          const log = { database: project.databases.features, name: "fetches" };
          const request = { engine, vector, table, out, log };
          const spine = {
            path: options.spine ?? "",
            ...(options.spineFormat && { format: options.spineFormat }),
          };
          const summary =
            options.spine === undefined
              ? await fetchEveryBucket(request)
              : await fetchAtSpine({ ...request, spine, database: project.databases.features });
          const { warnings, ...rest } = summary;
          return {
            result: { vector: options.vector, ...rest, warnings },
            text: () => describeFetch(summary),
            warnings,
          };
        });
      }),
    );
}
