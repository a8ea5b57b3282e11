import type { Command } from "commander";
import type { Bind } from "../command-module.js";
import { examples } from "../help.js";
import { configureBuild } from "./buckets-build.js";
import { configureCalibrate } from "./buckets-calibrate.js";
import { configureRebuild } from "./buckets-rebuild.js";
import { configureStatus } from "./buckets-status.js";

export function configure(command: Command, bind: Bind): void {
  command
    .description(
      "A bucket is an interval of one instrument, closed when enough was traded or enough time went by; features are " +
        "computed for closed buckets. `feature ingest` cuts what it stores: these commands are for trades that something " +
        "else stored, for seeing how buckets come out, and for starting over.",
    )
    .addHelpText(
      "after",
      examples(
        ["feature buckets build", "cut and compute what is outstanding"],
        ["feature buckets status", "durations, counts and lag of every instrument"],
        ["feature buckets calibrate", "sizes that fit the clock's target, from history"],
        ["feature buckets rebuild binance/spot/BTCUSDT", "recut an instrument from its first trade"],
      ),
    );
  configureBuild(command.command("build"), bind);
  configureStatus(command.command("status"), bind);
  configureCalibrate(command.command("calibrate"), bind);
  configureRebuild(command.command("rebuild"), bind);
}
