import type { Command } from "commander";
import type { LabelBuildResult } from "../../fetch/labels/build-labels.js";
import type { Bind } from "../command-module.js";
import { withProject } from "../context.js";
import { countText } from "../count-text.js";
import { examples } from "../help.js";

export function configure(command: Command, bind: Bind): void {
  command
    .description(
      "Labels are what models are trained to predict: returns from a bucket's end to a later one. They look forward, so no trigger " +
        "computes them and no vector holds them; they are computed in batches, once the bucket at the end of their horizon has closed.",
    )
    .addHelpText("after", examples(["feature labels build", "compute every label whose horizon has passed"]));
  command
    .command("build")
    .summary("compute labels whose horizon has passed")
    .description(
      "Computes every label whose horizon has passed and that is not stored yet, or whose prices were computed again since. May be " +
        "repeated at any time: each label is stored once. `feature fetch --labels` does it for the " +
        "labels that it needs, `feature apply` for a new label.",
    )
    .argument("[label...]", "only these (default: all)")
    .option("--full", "compute everything again; the result is the same")
    .addHelpText(
      "after",
      examples(["feature labels build", "all labels"], ["feature labels build trend_3", "one label"]),
    )
    .action(
      bind<{ readonly full?: boolean }>(async ({ args, options, shell }) =>
        withProject(shell, "labels build", async (context) => {
          const [{ deployedLabels }, { buildLabels }] = await Promise.all([
            import("../deployed-label.js"),
            import("../../fetch/labels/build-labels.js"),
          ]);
          const { engine, project } = context;
          const labels: LabelBuildResult[] = [];
          for (const deployed of await deployedLabels(context, args)) {
            labels.push(await buildLabels({ engine, project, ...deployed, full: options.full ?? false }));
          }
          const warnings =
            labels.length === 0 ? ["The project has no label: add one under features/labels/."] : [];
          return {
            result: { labels, warnings },
            text: () =>
              labels
                .map(
                  ({ label, buckets, instruments, stored }) =>
                    `${label}: ${countText(buckets)} buckets of ${countText(instruments)} instruments computed; ${countText(stored)} labels are stored.\n`,
                )
                .join(""),
            warnings,
          };
        }),
      ),
    );
}
