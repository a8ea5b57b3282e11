import type { Command } from "commander";
import { bucketProgress } from "../bucket-progress.js";
import type { Bind } from "../command-module.js";
import { withProject } from "../context.js";
import { examples } from "../help.js";
import { describeAdvance } from "./buckets-build.js";

export function configureRebuild(command: Command, bind: Bind): void {
  command
    .summary("recut an instrument from its first trade")
    .description(
      "Recuts an instrument from its first stored trade, late ones included, as a new version of its buckets, and " +
        "computes all of its features anew. Refused (exit 3) once its features were fetched or served, since a training " +
        "set made from the old buckets could then not be recomputed, and where raw rows of its buckets are past their " +
        "retention, since these buckets would be lost; --allow-destructive does it anyway.",
    )
    .argument("<instrument>", "as exchange/market_type/symbol")
    .option("--allow-destructive", "even if its features were fetched or served, or buckets would be lost")
    .addHelpText(
      "after",
      examples(
        ["feature buckets rebuild binance/spot/BTCUSDT", "after late trades, or with another size"],
        ["feature buckets rebuild binance/spot/BTCUSDT --allow-destructive", "also after a fetch"],
      ),
    )
    .action(
      bind<{ allowDestructive?: boolean }>(async ({ args: [name = ""], options, shell }) =>
        withProject(shell, "buckets rebuild", async (context) => {
          const [{ rebuildInstrument }, writing] = await Promise.all([
            import("../../ingest/buckets/rebuild.js"),
            import("../writing.js"),
          ]);
          const instrument = writing.instrumentArgument(name);
          const { clocks, storedTables } = await writing.openWriting(context, "buckets rebuild");
          const results = await rebuildInstrument(clocks, instrument, {
            storedTables,
            allowDestructive: options.allowDestructive === true,
            onProgress: bucketProgress(shell.progress),
          });
          const warnings = [
            ...writing.withoutSizeWarnings(results.flatMap(({ withoutSize }) => withoutSize)),
            ...writing.notRecomputableWarnings(results),
            ...writing.breachWarnings(
              context.project,
              results.flatMap(({ breaches }) => breaches),
            ),
          ];
          return {
            result: {
              instrument: name,
              clocks: results.map(({ failures: _, breaches: __, ...counts }) => counts),
              warnings,
            },
            text: () =>
              results
                .map(
                  (result) =>
                    `${name}, cut ${result.cutVersion} (${result.bucketsBefore} buckets before)\n` +
                    describeAdvance(result.clock, result),
                )
                .join(""),
            warnings,
            errors: writing.failureErrors(results.flatMap(({ failures }) => failures)),
          };
        }),
      ),
    );
}
