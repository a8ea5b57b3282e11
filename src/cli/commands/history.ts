import type { Command } from "commander";
import type { Bind } from "../command-module.js";
import { withProject } from "../context.js";
import { examples } from "../help.js";
import { renderTable } from "../render-table.js";

export function configure(command: Command, bind: Bind): void {
  command
    .description(
      "Lists every revision that was applied to the target, oldest first, with its migration, its outcome and the " +
        "version of this tool. Each revision names its parent.",
    )
    .addHelpText(
      "after",
      examples(
        ["feature history", "of the target that features.yaml names"],
        ["feature history --target prod --json", "of another target, for scripts"],
      ),
    )
    .action(
      bind(async ({ shell }) =>
        withProject(shell, "history", async ({ project, target, engine }) => {
          const { openRegistryReader } = await import("../../registry/reader.js");
          const registry = openRegistryReader(engine, project.databases.registry);
          const revisions = await registry.revisions();
          if (revisions.length === 0) await registry.required();
          const header = [
            "revision",
            "parent",
            "kind",
            "migration",
            "state",
            "started (UTC)",
            "tool",
            "error",
          ];
          return {
            result: { target: target.name, revisions },
            text: () =>
              renderTable(
                header,
                revisions.map((one) => [
                  one.id,
                  one.parent,
                  one.kind,
                  one.migration,
                  one.state,
                  one.startedAt.slice(0, 19),
                  one.toolVersion,
                  one.error.split("\n", 1)[0],
                ]),
              ),
          };
        }),
      ),
    );
}
