import type { Command } from "commander";
import type { RollbackResult } from "../../migrate/rollback.js";
import type { Bind } from "../command-module.js";
import { withProject } from "../context.js";
import { examples } from "../help.js";
import { packageVersion } from "../package-version.js";
import { wholeNumber } from "../whole-number.js";

interface RollbackFlags {
  readonly to?: number;
  readonly allowPinned?: boolean;
  readonly dryRun?: boolean;
}

function describe({ revision, to, changes }: RollbackResult, target: string): string {
  const lines = changes.map(({ object, from, to: table }) => {
    const name = object.replace(":", " ");
    if (table === null) return `  - ${name}: its alias goes, ${from} stays fed`;
    return `  ${from === null ? "+" : "~"} ${name}: ${from === null ? "" : `${from} → `}${table}`;
  });
  const head =
    revision === undefined
      ? `${target} would go back, ${to}:`
      : `${target} went back, ${to} (revision ${revision}):`;
  const next =
    revision === undefined
      ? ""
      : "The specs still say otherwise: put them back too, or the next `feature apply` switches forward again.\n";
  return `${[head, ...lines].join("\n")}\n${next}`;
}

export function configure(command: Command, bind: Bind): void {
  command
    .description(
      "Switches readers back to versions that were live before and are still fed: one statement per alias, nothing is " +
        "computed, no bucket is missing. Without a name everything goes back to its previous state; with a " +
        "name, that view and what is built on it. A rollback is a revision of its own, and can be rolled back.",
    )
    .argument("[view]", "a view or vector, by name or as kind:name (default: everything)")
    .option("--to <revision>", "what was live after this revision", wholeNumber)
    .option(
      "--allow-pinned",
      "even if a model pins a version that is switched away; the model keeps reading it",
    )
    .option("--dry-run", "show what would be switched; change nothing")
    .addHelpText(
      "after",
      examples(
        ["feature rollback", "undo the last change"],
        ["feature rollback vpin", "one view, to its previous version"],
        ["feature rollback --to 3 --dry-run", "what a rollback to revision 3 would switch"],
      ),
    )
    .action(
      bind<RollbackFlags>(async ({ args: [view], options, shell }) =>
        withProject(shell, "rollback", async ({ project, target, engine }) => {
          const { rollbackProject } = await import("../../migrate/rollback.js");
          const result = await rollbackProject({
            engine,
            project,
            toolVersion: packageVersion(),
            view,
            to: options.to,
            allowPinned: options.allowPinned === true,
            dryRun: options.dryRun === true,
          });
          return {
            result: {
              target: target.name,
              dryRun: options.dryRun === true,
              ...result,
              revision: result.revision ?? null,
            },
            text: () => describe(result, target.name),
          };
        }),
      ),
    );
}
