import type { Command } from "commander";
import type { Bind } from "../command-module.js";
import { withProject } from "../context.js";
import { examples } from "../help.js";

export function configure(command: Command, bind: Bind): void {
  command
    .description(
      "Shows what is deployed on the target and in which version, whether the specs need something else, whether " +
        "anything was changed outside this tool, and for every instrument how many buckets are closed and computed, when the last one ended, and how many trades were late.",
    )
    .option("--exit-code", "exit with status 4 if the database has drifted from the registry")
    .addHelpText(
      "after",
      examples(
        ["feature status", "for people"],
        ["feature status --target prod --exit-code", "in monitoring: has anything drifted?"],
      ),
    )
    .action(
      bind<{ exitCode?: boolean }>(async ({ options, shell }) =>
        withProject(shell, "status", async (context) => {
          const { describeStatus, readStatus } = await import("../target-status.js");
          const status = await readStatus(context);
          const exit = options.exitCode === true && status.drift.length > 0 ? 4 : 0;
          return { result: status, text: () => describeStatus(status), exit };
        }),
      ),
    );
}
