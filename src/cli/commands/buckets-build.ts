import type { Command } from "commander";
import type { AdvanceResult } from "../../ingest/buckets/advance.js";
import { bucketProgress } from "../bucket-progress.js";
import type { Bind } from "../command-module.js";
import { withProject } from "../context.js";
import { countText } from "../count-text.js";
import { examples } from "../help.js";

export function describeAdvance(clock: string, result: AdvanceResult): string {
  const again =
    result.bucketsRecomputed === 0 ? "" : `, ${countText(result.bucketsRecomputed)} computed again`;
  return (
    `${clock}: ${countText(result.trades)} trades cut into ${countText(result.bucketsCut)} buckets, ` +
    `${countText(result.bucketsClosed)} computed${again}.\n`
  );
}

export function configureBuild(command: Command, bind: Bind): void {
  command
    .summary("cut and compute what is outstanding")
    .description(
      "Cuts stored trades that are in no bucket yet, and computes the features of every stored bucket that is not " +
        "complete. For tables that something else fills, and after a crash.",
    )
    .argument("[instrument...]", "only these, as exchange/market_type/symbol (default: all)")
    .addHelpText(
      "after",
      examples(
        ["feature buckets build", "every instrument"],
        ["feature buckets build binance/linear/BTCUSDT", "one instrument"],
      ),
    )
    .action(
      bind(async ({ args, shell }) =>
        withProject(shell, "buckets build", async (context) => {
          const [{ advance }, writing] = await Promise.all([
            import("../../ingest/buckets/advance.js"),
            import("../writing.js"),
          ]);
          const instruments = args.map(writing.instrumentArgument);
          const { clocks } = await writing.openWriting(context, "buckets build");
          const results: (AdvanceResult & { readonly clock: string })[] = [];
          for (const clock of clocks) {
            const onProgress = bucketProgress(shell.progress);
            const only = instruments.length === 0 ? {} : { instruments };
            results.push({ clock: clock.clock.name, ...(await advance(clock, { ...only, onProgress })) });
          }
          const warnings = [
            ...writing.withoutSizeWarnings(results.flatMap(({ withoutSize }) => withoutSize)),
            ...writing.notRecomputableWarnings(results),
            ...writing.breachWarnings(
              context.project,
              results.flatMap(({ breaches }) => breaches),
            ),
          ];
          return {
            result: { clocks: results.map(({ failures: _, breaches: __, ...counts }) => counts), warnings },
            text: () => results.map((result) => describeAdvance(result.clock, result)).join(""),
            warnings,
            errors: writing.failureErrors(results.flatMap(({ failures }) => failures)),
          };
        }),
      ),
    );
}
