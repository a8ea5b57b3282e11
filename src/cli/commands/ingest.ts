import { Argument, type Command, Option } from "commander";
import { type FormatName, formatNames } from "../../ingest/formats/format.js";
import { marketTypes, sourceNames } from "../../spec/model.js";
import type { Bind } from "../command-module.js";
import { withProject } from "../context.js";
import { examples } from "../help.js";
import type { IngestFlags } from "../run-ingest.js";
import { wholeNumber } from "../whole-number.js";

export function configure(command: Command, bind: Bind): void {
  command
    .description(
      "Loads recorded market data into the raw tables, cuts it into buckets and computes their features. Trades and " +
        "books may be loaded in either order; rows that are stored already are counted as duplicates, so the same file " +
        "twice changes nothing; rows that cannot be read go to ingest_rejects with file, line and reason.",
    )
    .addArgument(new Argument("<format>", "how the files are laid out").choices(formatNames))
    .argument(
      "<files...>",
      "paths, quoted patterns, or - for standard input; .zip and .gz are read as they are",
    )
    .option(
      "--instrument <name>",
      "instrument of all rows, as exchange/market_type/symbol (default: from file names and rows)",
    )
    .addOption(
      new Option("--market <type>", "market of archive files, where the folder does not say").choices(
        marketTypes,
      ),
    )
    .option("--map <name>", "the column map to use: sources/<name>.yaml")
    .addOption(
      new Option(
        "--source <name>",
        "what the rows are, if neither file nor map says (default: trades)",
      ).choices(sourceNames),
    )
    .option(
      "--max-rejects <count>",
      "fail, and store nothing, if more rows than this are rejected",
      wholeNumber,
    )
    .addHelpText(
      "after",
      examples(
        [
          "feature ingest binance-archive spot/BTCUSDT-trades-*.zip --market spot",
          "Binance's public archive",
        ],
        [
          "feature ingest tardis 'binance*_book_snapshot_5_*.csv.gz'",
          "Tardis.dev files; quote the pattern, the tool expands it",
        ],
        ["feature ingest csv trades.csv --map coinbase", "any csv, with a column map"],
        ["zcat trades.gz | feature ingest ndjson -", "standard input"],
      ),
    )
    .action(
      bind<IngestFlags>(async ({ args: [format, ...files], options, shell }) =>
        withProject(shell, `ingest ${format}`, async (context) => {
          const { runIngest } = await import("../run-ingest.js");
          return runIngest(context, shell, format as FormatName, files, options);
        }),
      ),
    );
}
