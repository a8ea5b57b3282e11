import type { Command } from "commander";
import type { PruneResult } from "../../migrate/prune.js";
import type { DeployedObject } from "../../plan/deployed.js";
import type { Bind } from "../command-module.js";
import { withProject } from "../context.js";
import { examples } from "../help.js";
import { packageVersion } from "../package-version.js";

interface PruneFlags {
  readonly dryRun?: boolean;
  readonly removed?: boolean;
}

const version = ({ kind, name, dataHash, storage }: DeployedObject) => ({
  object: `${kind}:${name}`,
  version: dataHash,
  table: storage === null ? null : `${storage.table.database}.${storage.table.name}`,
});

/** Of a view in a shared table only its columns are meant: they go with the table. */
function place(object: DeployedObject): string {
  const { columnPrefix = "" } = object.storage ?? {};
  return `${version(object).table}${columnPrefix === "" ? "" : `, ${columnPrefix}*`}`;
}

function describe({ drop, kept }: PruneResult, target: string, dryRun: boolean): string {
  const stays = kept.map(({ object, because }) => `  = ${place(object)} stays: ${because}`);
  if (drop.length === 0)
    return `${[`Nothing to drop: ${target} keeps no version past its retention.`, ...stays].join("\n")}\n`;
  const gone = drop.map((object) => `  - ${version(object).object.replace(":", " ")}: ${place(object)}`);
  const head = dryRun ? `Would be dropped from ${target}:` : `Dropped from ${target}:`;
  return `${[head, ...gone, ...stays].join("\n")}\n`;
}

export function configure(command: Command, bind: Bind): void {
  command
    .description(
      "Drops versions of views and vectors that are past their retention (features.yaml: retention: versions:): first the " +
        "triggers, then the tables. What is live, what a model pins, and what either of these reads is never dropped. A " +
        "rollback to a dropped version has to build it again.",
    )
    .option("--removed", "also the last versions of views and vectors whose spec is gone")
    .option("--dry-run", "show what would be dropped; change nothing")
    .addHelpText(
      "after",
      examples(
        ["feature prune --dry-run", "what would go, and why the rest stays"],
        ["feature prune --removed", "also what no spec defines any more"],
      ),
    )
    .action(
      bind<PruneFlags>(async ({ options, shell }) =>
        withProject(shell, "prune", async ({ project, target, engine }) => {
          const { pruneProject } = await import("../../migrate/prune.js");
          const dryRun = options.dryRun === true;
          const pruned = await pruneProject({
            engine,
            project,
            toolVersion: packageVersion(),
            removed: options.removed === true,
            dryRun,
          });
          return {
            result: {
              target: target.name,
              dryRun,
              revision: pruned.revision ?? null,
              dropped: pruned.drop.map(version),
              kept: pruned.kept.map(({ object, because }) => ({ ...version(object), because })),
              statements: pruned.statements,
            },
            text: () => describe(pruned, target.name, dryRun),
          };
        }),
      ),
    );
}
