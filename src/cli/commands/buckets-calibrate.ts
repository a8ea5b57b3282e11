import type { Command } from "commander";
import type { Bind } from "../command-module.js";
import { withProject } from "../context.js";
import { examples } from "../help.js";
import { timeArgument } from "../time-argument.js";

interface Options {
  readonly clock?: string;
  readonly lookBack: string;
  readonly until?: string;
  readonly write?: boolean;
}

export function configureCalibrate(command: Command, bind: Bind): void {
  command
    .summary("find sizes that make buckets last as long as the clock's target")
    .description(
      "Replays the stored trades of a look-back with many sizes and takes, for every instrument, the size whose buckets' median " +
        "duration is closest to the clock's `target`. Shows what would change and how buckets would then come out; the " +
        "ratio rule (target times the median volume per second, empty minutes counted) is shown beside it. --write stores the " +
        "sizes in bucket_config, valid from the end of the look-back: existing buckets stay as they are. Where no size meets the " +
        "aim with the clock's `max` (a median within a sixth of `target`, nine of ten buckets below `max`), or only one " +
        "that a slightly busier day would undo, the instrument gets a shorter `max` of its own.",
    )
    .argument("[instrument...]", "only these, as exchange/market_type/symbol (default: all that have trades)")
    .option("--clock <name>", "only this clock (default: all)")
    .option("--look-back <duration>", "how much history to look at", "7d")
    .option("--until <time>", "end of the look-back (default: the minute after the last stored trade)")
    .option("--write", "store the sizes")
    .addHelpText(
      "after",
      examples(
        ["feature buckets calibrate", "show what would change"],
        ["feature buckets calibrate --look-back 1d --write", "store sizes found from the last day"],
      ),
    )
    .action(
      bind<Options>(async ({ args, options, shell }) => {
        const { instrumentArgument } = await import("../writing.js");
        const { durationArgument } = await import("../duration-argument.js");
        const instruments = args.length === 0 ? undefined : args.map(instrumentArgument);
        const request = {
          clock: options.clock,
          lookBackMs: durationArgument("--look-back", options.lookBack),
          until: options.until === undefined ? undefined : timeArgument("--until", options.until),
          instruments,
          write: options.write === true,
        };
        return withProject(shell, "buckets calibrate", async (context) => {
          const { runCalibrate } = await import("../run-calibrate.js");
          return runCalibrate(context, shell, request);
        });
      }),
    );
}
