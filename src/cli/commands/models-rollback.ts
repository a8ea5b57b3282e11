import { type Command, InvalidArgumentError } from "commander";
import type { Bind } from "../command-module.js";
import { withProject } from "../context.js";
import { describeRollout, rolloutDocument } from "../describe-rollout.js";
import { examples } from "../help.js";

function versionArgument(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("Expected the number of a version.");
  return Number(text);
}

export function configureRollback(command: Command, bind: Bind): void {
  command
    .summary("withdraw a canary, or return to the previous live version")
    .description(
      "Withdraws the canary if there is one; else the version that was live before answers again, on the version of the " +
        "vector that it was trained on. One command, one row of history; services that predict (POST /v1/predict) ask the registry " +
        "every 2 s and follow.",
    )
    .argument("<name>", "the model")
    .option("--to <version>", "make this version live", versionArgument)
    .addHelpText(
      "after",
      examples(
        ["feature models rollback trend_baseline", "undo the last promotion"],
        ["feature models rollback trend_baseline --to 3", "an older version"],
      ),
    )
    .action(
      bind<{ readonly to?: number }>(async ({ args: [model = ""], options: { to }, shell }) =>
        withProject(shell, "models rollback", async ({ engine, project }) => {
          const [{ rollbackModel }, { writerName }] = await Promise.all([
            import("../../models/roll-out.js"),
            import("../writing.js"),
          ]);
          const request = {
            engine,
            database: project.databases.registry,
            model,
            by: writerName("models rollback"),
            keep: project.retention.versions,
          };
          const result = await rollbackModel(request, to);
          return { result: rolloutDocument(result), text: () => describeRollout(result) };
        }),
      ),
    );
}
