import type { Command } from "commander";
import type { Bind } from "../command-module.js";
import { diffOnline } from "../diff-online.js";
import { examples } from "../help.js";
import { loadProject } from "../project-files.js";
import { specConsumers } from "../spec-consumers.js";

interface DiffFlags {
  readonly sql?: boolean;
  readonly offline?: boolean;
  readonly exitCode?: boolean;
}

/** Offline no target is used, so nobody needs the variables of one. */
const noTarget = "";

export function configure(command: Command, bind: Bind): void {
  command
    .description(
      "Shows what `feature apply` would do, and changes nothing: every change with its class, its cause (expressions old " +
        "and new), what reads it, what its backfill reads and how it is taken back. Compares the specs with the registry and " +
        "with what is actually in the database; drift is shown, too. Classes: metadata (descriptions; nothing is computed), " +
        "additive (something new), rebuild (a new version beside the old one), destructive (removes something that others use).",
    )
    .option("--sql", "show every statement")
    .option("--offline", "compare with registry/deployed.json as committed; needs no database")
    .option("--exit-code", "exit with status 2 if anything would change or has drifted")
    .addHelpText(
      "after",
      examples(
        ["feature diff", "before `feature apply`"],
        ["feature diff --offline --exit-code", "in CI: does this change need a migration?"],
        ["feature diff --target prod --sql", "the exact statements, for review"],
      ),
    )
    .action(
      bind<DiffFlags>(async ({ options, shell }) => {
        const { renderDiffText } = await import("../../plan/render-text.js");
        const { hasChanges } = await import("../../plan/diff-document.js");
        const document = options.offline === true ? await offline() : await diffOnline(shell);
        return {
          result: document,
          text: () => renderDiffText(document, { sql: options.sql === true }),
          exit: options.exitCode === true && hasChanges(document) ? 2 : 0,
        };

        async function offline() {
          const { project, target = noTarget } = shell.options;
          const specs = await loadProject({ project, target }, shell.env);
          const { diffOffline } = await import("../../migrate/plan-diff.js");
          return diffOffline({ specs, consumers: specConsumers(specs) });
        }
      }),
    );
}
