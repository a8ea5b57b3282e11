import type { Command } from "commander";
import type { Catalog } from "../../compile/catalog.js";
import { FeatureError } from "../../errors.js";
import type { AdvanceResult } from "../../ingest/buckets/advance.js";
import type { ApplyResult } from "../../migrate/apply.js";
import type { PastRaw } from "../../migrate/past-raw.js";
import type { PlannedApply } from "../../migrate/plan-apply.js";
import type { SealInputs } from "../../migrate/seal.js";
import { applyProgress } from "../apply-progress.js";
import type { Bind } from "../command-module.js";
import { type Context, withProject } from "../context.js";
import { plural } from "../count-text.js";
import { examples } from "../help.js";
import { packageVersion } from "../package-version.js";
import { loadProject, readProjectFiles } from "../project-files.js";
import { sealedTarget } from "../sealable-target.js";
import type { Shell } from "../shell.js";
import { specConsumers } from "../spec-consumers.js";

interface ApplyFlags {
  readonly frozen?: boolean;
  readonly allowDestructive?: boolean;
  readonly abandonFailed?: boolean;
  readonly dryRun?: boolean;
  readonly repair?: boolean;
  readonly acceptFailedChecks?: boolean;
  readonly yes?: boolean;
}

function describe(
  { nothingToDo, abandoned, repaired, migrations, instruments }: ApplyResult,
  target: string,
): string {
  const lines = migrations.map(
    ({ name, done, skipped }) => `  ${name}: ${done} steps done${skipped === 0 ? "" : `, ${skipped} before`}`,
  );
  const kept = instruments === 0 ? [] : [`  ${instruments} instruments written`];
  const again = repaired.map((name) => `  ${name} stands again`);
  const gone = abandoned === undefined ? [] : [`  ${abandoned} was given up and taken back`];
  const isIdle = nothingToDo && repaired.length === 0;
  const head = isIdle ? `Nothing to do: ${target} is what the specs say.` : `Applied to ${target}:`;
  return `${[head, ...gone, ...again, ...lines, ...kept].join("\n")}\n`;
}

const pastRawWarning = ({ object, buckets }: PastRaw): string =>
  `${object.replace(":", " ")} has no row of ${plural(buckets, "bucket")}: ${buckets === 1 ? "it is" : "they are"} past raw retention (retention: raw:)`;

const leftAloneWarning = (name: string): string =>
  `${name} is left alone: it has a place in our databases, and is not deployed. Drop it, or rename it.`;

/**
 * Buckets that were closed while something was missing. An embedded directory is ours alone; on a server a writer may be at
 * work, whose leases are not ours to take: it computes them with its next close.
 */
async function recomputeSpoilt(context: Context, catalog: Catalog) {
  const { engine, project } = context;
  if (engine.kind !== "embedded") {
    const todo =
      "Buckets that were closed meanwhile are computed again by the writer's next close, or by `feature buckets build`.";
    return { buckets: 0, warnings: [todo] };
  }
  const [{ advance }, { clockContext }, { notRecomputableWarnings, writerName }] = await Promise.all([
    import("../../ingest/buckets/advance.js"),
    import("../../ingest/buckets/clock-context.js"),
    import("../writing.js"),
  ]);
  const results: AdvanceResult[] = [];
  for (const { name } of catalog.clocks) {
    const clock = clockContext(engine, project, catalog, name, writerName("apply"));
    results.push(await advance(clock, { instruments: [] }));
  }
  return {
    buckets: results.reduce((sum, { bucketsRecomputed }) => sum + bucketsRecomputed, 0),
    warnings: notRecomputableWarnings(results),
  };
}

/** Shows the plan and asks. Throws FS_CLI_DECLINED. */
function confirmation({ engine, specs, target }: Context, ask: NonNullable<Shell["ask"]>) {
  return async (planned: PlannedApply): Promise<void> => {
    const [{ diffPlanned }, { renderDiffText }] = await Promise.all([
      import("../../migrate/plan-diff.js"),
      import("../../plan/render-text.js"),
    ]);
    const plan = await diffPlanned(engine, target.name, planned, { specs, consumers: specConsumers(specs) });
    if (await ask(renderDiffText(plan), `Apply this to ${target.name}?`)) return;
    throw new FeatureError("FS_CLI_DECLINED", `${target.name} is as it was`, { object: target.name });
  };
}

/** Spares the next diff the engine or the look at a server, and the planning, too, when it finds nothing to do. */
async function note(
  { engine, specs, project, target }: Context,
  { catalog }: ApplyResult,
  inputs: SealInputs,
): Promise<void> {
  const { diffAndSeal, sealDirectory } = await import("../diff-online.js");
  if (target.kind !== "embedded") {
    await diffAndSeal(engine, target, specs, inputs);
    return;
  }
  const [{ diffNoted }, { writeNote }] = await Promise.all([
    import("../../migrate/diff-noted.js"),
    import("../../migrate/target-note.js"),
  ]);
  const sealed = sealedTarget(project, target);
  await writeNote(engine, project.root, sealed, catalog);
  const found = await diffNoted(project.root, sealed, { specs, consumers: specConsumers(specs) });
  if (found !== undefined) await sealDirectory(found, target, specs, inputs);
}

export function configure(command: Command, bind: Bind): void {
  command
    .description(
      "Brings the target in line with the specs. Writes the migrations that are missing into migrations/ (commit them), " +
        "runs every one that is pending, fills what is new from stored buckets, and only then lets readers see it. " +
        "Running it again does nothing; after a failure the next run resumes at the step that failed. Buckets " +
        "whose raw rows are past their retention get no row in new versions; a change that would lose rows that way is " +
        "refused (exit 3).",
    )
    .option("--dry-run", "print the plan, as `feature diff` does, and change nothing")
    .option("--frozen", "run committed migrations only; an error if the specs need others")
    .option("--allow-destructive", "also remove what others use, or rows that cannot be computed again")
    .option("--abandon-failed", "undo the migration that failed, then go on")
    .option("--accept-failed-checks", "go on despite failed checks; the journal keeps them")
    .option("--repair", "first restore what was dropped or changed outside this tool")
    .option("--yes", "do not ask for confirmation; without a terminal, or with --json, it never asks")
    .addHelpText(
      "after",
      examples(
        ["feature apply", "the target that features.yaml names"],
        ["feature apply --target prod --frozen", "in deployment: only reviewed, committed migrations"],
        ["feature apply --abandon-failed", "after a migration that cannot succeed"],
        ["feature apply --repair", "after somebody dropped or altered something by hand"],
      ),
    )
    .action(
      bind<ApplyFlags>(async ({ options, shell }) => {
        const read = await readProjectFiles(shell.options.project);
        const loaded = await loadProject(shell.options, shell.env, read);
        return withProject(shell, "apply", apply, loaded);

        async function apply(context: Context) {
          const { specs, project, target, engine } = context;
          const consumers = specConsumers(specs);
          if (options.dryRun === true) {
            const [
              { catalogOf, diffPlanned },
              { planApply },
              { pastRaw },
              { hasChanges },
              { renderDiffText },
            ] = await Promise.all([
              import("../../migrate/plan-diff.js"),
              import("../../migrate/plan-apply.js"),
              import("../../migrate/past-raw.js"),
              import("../../plan/diff-document.js"),
              import("../../plan/render-text.js"),
            ]);
            const planned = await planApply(engine, project, catalogOf(specs));
            const plan = await diffPlanned(engine, target.name, planned, { specs, consumers });
            const past = await pastRaw(engine, planned);
            return {
              result: {
                target: target.name,
                dryRun: true,
                nothingToDo: !hasChanges({ ...plan, drift: [] }),
                abandoned: null,
                repaired: [],
                leftAlone: [],
                bucketsRecomputed: 0,
                pastRaw: past,
                migrations: [],
                planned: plan.migrations,
                instruments: 0,
              },
              text: () => renderDiffText(plan),
              warnings: past.map(pastRawWarning),
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
            acceptFailedChecks: options.acceptFailedChecks === true,
            repair: options.repair === true,
            ...(shell.ask === undefined || options.yes === true
              ? {}
              : { confirm: confirmation(context, shell.ask) }),
            smoke: () => checkSpecs(engine, specs),
            onEvent: applyProgress(shell.progress),
          });
          if (applied.asDeployed) await note(context, applied, read);
          const { nothingToDo, abandoned = null, repaired, leftAlone } = applied;
          const { migrations, plans, instruments } = applied;
          const recomputed =
            repaired.length === 0
              ? { buckets: 0, warnings: [] }
              : await recomputeSpoilt(context, applied.catalog);
          const planned = migrationDocuments(plans, applied.catalog, consumers, project.retention.versions);
          return {
            result: {
              target: target.name,
              dryRun: false,
              nothingToDo,
              abandoned,
              repaired,
              leftAlone,
              bucketsRecomputed: recomputed.buckets,
              pastRaw: applied.pastRaw,
              migrations,
              planned,
              instruments,
            },
            text: () => describe(applied, target.name),
            warnings: [
              ...applied.pastRaw.map(pastRawWarning),
              ...leftAlone.map(leftAloneWarning),
              ...recomputed.warnings,
            ],
          };
        }
      }),
    );
}
