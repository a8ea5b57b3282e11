import type { Command } from "commander";
import type { Bind } from "../command-module.js";
import { withProject } from "../context.js";
import { examples } from "../help.js";

export function configure(command: Command, bind: Bind): void {
  command
    .description(
      "Shows what is deployed on the target and in which version, whether the specs need something else, and for every " +
        "instrument how many buckets are closed and computed, when the last one ended, and how many trades came late.",
    )
    .addHelpText(
      "after",
      examples(["feature status", "for people"], ["feature status --target prod --json", "for scripts"]),
    )
    .action(
      bind(async ({ shell }) =>
        withProject(shell, "status", async (context) => {
          const { describeStatus, readStatus } = await import("../target-status.js");
          const status = await readStatus(context);
          return { result: status, text: () => describeStatus(status) };
        }),
      ),
    );
}
