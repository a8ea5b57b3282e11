import type { Command } from "commander";
import type { ApplyResult } from "../../migrate/apply.js";
import { applyProgress } from "../apply-progress.js";
import type { Bind } from "../command-module.js";
import { withProject } from "../context.js";
import { examples } from "../help.js";
import { packageVersion } from "../package-version.js";
import { specConsumers } from "../spec-consumers.js";

interface ApplyFlags {
  readonly frozen?: boolean;
  readonly allowDestructive?: boolean;
  readonly abandonFailed?: boolean;
  readonly dryRun?: boolean;
}

function describe({ nothingToDo, abandoned, migrations, instruments }: ApplyResult, target: string): string {
  const lines = migrations.map(
    ({ name, done, skipped }) => `  ${name}: ${done} steps done${skipped === 0 ? "" : `, ${skipped} before`}`,
  );
  const kept = instruments === 0 ? [] : [`  ${instruments} instruments written`];
  const gone = abandoned === undefined ? [] : [`  ${abandoned} was given up and taken back`];
  const head = nothingToDo ? `Nothing to do: ${target} is what the specs say.` : `Applied to ${target}:`;
  return `${[head, ...gone, ...lines, ...kept].join("\n")}\n`;
}

export function configure(command: Command, bind: Bind): void {
  command
    .description(
      "Brings the target to what the specs say. Writes the migrations that are missing into migrations/ (commit them), " +
        "runs every one that is pending, fills what is new from stored buckets, and only then lets readers see it. " +
        "Doing it again does nothing; after a failure the next call goes on at the step that failed.",
    )
    .option("--dry-run", "print the plan, as `feature diff` does, and change nothing")
    .option("--frozen", "run committed migrations only; an error if the specs need others")
    .option("--allow-destructive", "carry out what takes away something that others use")
    .option("--abandon-failed", "give up the migration that failed: take back what it did, then go on")
    .addHelpText(
      "after",
      examples(
        ["feature apply", "the target that features.yaml names"],
        ["feature apply --target prod --frozen", "in deployment: only what was reviewed and committed"],
        ["feature apply --abandon-failed", "after a migration that cannot succeed"],
      ),
    )
    .action(
      bind<ApplyFlags>(async ({ options, shell }) =>
        withProject(shell, "apply", async ({ specs, project, target, engine }) => {
          const consumers = specConsumers(specs);
          if (options.dryRun === true) {
            const [{ diffTarget }, { hasChanges }, { renderDiffText }] = await Promise.all([
              import("../../migrate/plan-diff.js"),
              import("../../plan/diff-document.js"),
              import("../../plan/render-text.js"),
            ]);
            const plan = await diffTarget(engine, target.name, { specs, consumers });
            return {
              result: {
                target: target.name,
                dryRun: true,
                nothingToDo: !hasChanges({ ...plan, drift: [] }),
                abandoned: null,
                migrations: [],
                planned: plan.migrations,
                instruments: 0,
              },
              text: () => renderDiffText(plan),
            };
          }
          const [{ applyProject }, { compileProject }, { checkSpecs }, { migrationDocuments }] =
            await Promise.all([
              import("../../migrate/apply.js"),
              import("../../compile/compile-project.js"),
              import("../../migrate/check-specs.js"),
              import("../../plan/diff-document.js"),
            ]);
          const applied = await applyProject({
            engine,
            project,
            catalog: ({ objects }) => compileProject(specs, objects),
            toolVersion: packageVersion(),
            frozen: options.frozen === true,
            allowDestructive: options.allowDestructive === true,
            abandonFailed: options.abandonFailed === true,
            smoke: () => checkSpecs(engine, specs),
            onEvent: applyProgress(shell.progress),
          });
          const { nothingToDo, abandoned = null, migrations, plans, instruments } = applied;
          const planned = migrationDocuments(plans, applied.catalog, consumers, project.retention.versions);
          return {
            result: {
              target: target.name,
              dryRun: false,
              nothingToDo,
              abandoned,
              migrations,
              planned,
              instruments,
            },
            text: () => describe(applied, target.name),
          };
        }),
      ),
    );
}
