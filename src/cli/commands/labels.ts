import type { Command } from "commander";
import type { LabelBuildResult } from "../../fetch/labels/build-labels.js";
import type { Bind } from "../command-module.js";
import { withProject } from "../context.js";
import { countText } from "../count-text.js";
import { examples } from "../help.js";

export function configure(command: Command, bind: Bind): void {
  command
    .description(
      "Labels are what a model shall predict: returns from a bucket's end to a later one. They look forward, so no trigger " +
        "computes them and no vector holds them; they are computed in batches, once the bucket that they look at is closed.",
    )
    .addHelpText("after", examples(["feature labels build", "compute what can be computed and is not yet"]));
  command
    .command("build")
    .summary("compute the labels whose horizon is closed")
    .description(
      "Computes every label whose horizon is closed and that is not stored yet, or whose prices were computed again since. May be " +
        "repeated at any time: what follows from the stored prices is stored, once. `feature fetch --labels` does it for the " +
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
