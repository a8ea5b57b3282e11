import type { Command } from "commander";
import type { Bind } from "../command-module.js";
import { examples } from "../help.js";
import { configureCheck } from "./models-check.js";
import { configureList } from "./models-list.js";
import { configurePredict } from "./models-predict.js";
import { configurePromote } from "./models-promote.js";
import { configureRegister } from "./models-register.js";
import { configureRollback } from "./models-rollback.js";
import { configureTrain } from "./models-train.js";
import { configureUntrained } from "./models-untrained.js";

export function configure(command: Command, bind: Bind): void {
  command
    .description(
      "A model is an ONNX file and its contract, models/<name>.yaml: the vector it reads, its inputs, its outputs. A " +
        "version is checked, registered, rolled out in steps (shadow, 1, 5, 20 % of the instruments, live) and " +
        "taken back by one command; it stays on the version of the vector that it was trained on.",
    )
    .addHelpText(
      "after",
      examples(
        ["feature models train baseline --vector trend_v1 --label trend_3", "a first model of your data"],
        ["feature models check", "every contract against its file and vector"],
        ["feature models register trend_baseline", "make it a version of this target"],
        ["feature models promote trend_baseline", "one step on: shadow, 1 %, 5 %, 20 %, live"],
        ["feature models predict trend_baseline", "what it says about every instrument now"],
        ["feature models rollback trend_baseline", "back to the previous live version"],
      ),
    );
  configureCheck(command.command("check"), bind);
  configureRegister(command.command("register"), bind);
  configureTrain(command.command("train"), bind);
  configureUntrained(command.command("untrained"), bind);
  configurePromote(command.command("promote"), bind);
  configureRollback(command.command("rollback"), bind);
  configurePredict(command.command("predict"), bind);
  configureList(command.command("list"), bind);
}
