import { type Command, InvalidArgumentError, Option } from "commander";
import { formatNames } from "../../ingest/formats/format.js";
import { marketTypes, sourceNames } from "../../spec/model.js";
import type { Bind } from "../command-module.js";
import { withProject } from "../context.js";
import { examples } from "../help.js";
import type { UpFlags } from "../run-up.js";
import { addServeOptions, wholeNumber } from "../serve-options.js";

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0) || value > 1e6)
    throw new InvalidArgumentError("Expected a number above 0, up to 1000000.");
  return value;
}

export function configure(command: Command, bind: Bind): void {
  command.description(
    "Ingests, cuts, computes, serves and runs the project's jobs in one process, which the embedded engine needs. It plays back recordings: rows become " +
      "visible in the order in which they became known, buckets close as the replay's clock passes them, and the service runs " +
      "on that clock. At the end the tables hold what `feature ingest` of the same files would give.",
  );
  command
    .requiredOption("--replay <files...>", "recordings to play, all of one format")
    .option("--speed <factor>", "how many times faster than it was recorded", positive, 1)
    .option("--no-jobs", "do not run the project's jobs meanwhile")
    .option("--exit", "end when the replay has ended, instead of serving on")
    .addOption(
      new Option("--format <name>", "format of the files, if their names do not say").choices(formatNames),
    )
    .option("--instrument <name>", "instrument of all rows, as exchange/market_type/symbol")
    .addOption(
      new Option("--market <type>", "market of archive files, where the folder does not say").choices(
        marketTypes,
      ),
    )
    .option("--map <name>", "the column map to use: sources/<name>.yaml")
    .addOption(
      new Option("--source <name>", "what the rows are, if neither file nor map says").choices(sourceNames),
    )
    .option("--max-rejects <count>", "fail if more rows than this are rejected", wholeNumber);
  addServeOptions(command)
    .addHelpText(
      "after",
      examples(
        ["feature up --replay 'recordings/tardis/*.csv.gz' --speed 10", "ten minutes of market in one"],
        ["curl -N localhost:8417/v1/vectors/trend_v1/events", "watch buckets close"],
      ),
    )
    .action(
      bind<UpFlags>(async ({ options, shell }) =>
        withProject(shell, "up", async (context) => {
          const { runUp } = await import("../run-up.js");
          return runUp(context, shell, options);
        }),
      ),
    );
}
