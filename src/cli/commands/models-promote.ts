import { type Command, InvalidArgumentError } from "commander";
import type { RolloutStage } from "../../spec/model-contract.js";
import type { Bind } from "../command-module.js";
import { withProject } from "../context.js";
import { describeRollout, rolloutDocument } from "../describe-rollout.js";
import { examples } from "../help.js";

/** `shadow`, `live`, or a canary's per cent. */
function stageArgument(text: string): RolloutStage {
  if (text === "shadow" || text === "live") return { kind: text };
  const percent = Number(text.replace(/ ?%$/, ""));
  if (percent === 100) return { kind: "live" };
  if (percent > 0 && percent < 100) return { kind: "canary", percent };
  throw new InvalidArgumentError("Expected shadow, live, or a percentage such as 5.");
}

function versionArgument(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("Expected the number of a version.");
  return Number(text);
}

export function configurePromote(command: Command, bind: Bind): void {
  command
    .summary("move a registered version one step on: shadow, 1, 5, 20 %, live")
    .description(
      "Moves the candidate, the version registered last, one step on. A canary answers for that percentage of the " +
        "instruments, chosen by a hash of their names, so that none switches back and forth. The version that it replaces " +
        "stays ready for `feature models rollback`, with its vector's version.",
    )
    .argument("<name>", "the model")
    .option("--to <stage>", "a certain step: shadow, a percentage such as 20, or live", stageArgument)
    .option("--of <version>", "a version other than the candidate", versionArgument)
    .addHelpText(
      "after",
      examples(
        ["feature models promote trend_baseline", "one step on"],
        ["feature models promote trend_baseline --to live", "at once, for a first version"],
      ),
    )
    .action(
      bind<{ readonly to?: RolloutStage; readonly of?: number }>(
        async ({ args: [model = ""], options: { to, of }, shell }) =>
          withProject(shell, "models promote", async ({ engine, project }) => {
            const [{ promoteModel }, { writerName }] = await Promise.all([
              import("../../models/roll-out.js"),
              import("../writing.js"),
            ]);
            const result = await promoteModel(
              {
                engine,
                database: project.databases.registry,
                model,
                by: writerName("models promote"),
                keep: project.retention.versions,
              },
              { ...(to && { to }), ...(of !== undefined && { version: of }) },
            );
            return { result: rolloutDocument(result), text: () => describeRollout(result) };
          }),
      ),
    );
}
