import type { Command } from "commander";
import type { Bind } from "../command-module.js";
import { withProject } from "../context.js";
import { describePredictions } from "../describe-predictions.js";
import { examples } from "../help.js";

export function configurePredict(command: Command, bind: Bind): void {
  command
    .summary("what the served version says about every instrument's newest row")
    .description(
      "Reads the newest stored rows of every instrument from the version of the vector that the model is pinned to, lets the " +
        "version that answers for it predict, and writes the audit (inference_audit). It asks as of the moment the " +
        "newest row became usable, so that recordings can be predicted too; POST /v1/predict of `feature serve` asks by the wall clock, " +
        "and of `feature up` by the replay's.",
    )
    .argument("<name>", "the model")
    .addHelpText("after", examples(["feature models predict trend_baseline", "one line per instrument"]))
    .action(
      bind(async ({ args: [name = ""], shell }) =>
        withProject(shell, "models predict", async ({ engine, project }) => {
          const [{ predictStored }, { ModelFolder }] = await Promise.all([
            import("../../models/predict-stored.js"),
            import("../../models/model-folder.js"),
          ]);
          const predictions = await predictStored({
            engine,
            project,
            folder: new ModelFolder(project.root),
            model: name,
          });
          return { result: { model: name, predictions }, text: () => describePredictions(predictions) };
        }),
      ),
    );
}
