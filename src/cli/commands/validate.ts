import type { Command } from "commander";
import { Findings } from "../../errors.js";
import type { Bind } from "../command-module.js";
import { withEngine } from "../context.js";
import { plural } from "../count-text.js";
import { examples } from "../help.js";
import { loadProject } from "../project-files.js";

/** No target is used, so that nobody needs the variables of one: secrets of production have no place in CI. */
const noTarget = "";

export function configure(command: Command, bind: Bind): void {
  command
    .description(
      "Checks the whole project without touching a target: reads every YAML file, resolves every name, lets an " +
        "in-memory engine infer the type of every column, and closes a few made-up buckets through all views. " +
        "Every finding is reported with file, line and column, not only the first.",
    )
    .addHelpText(
      "after",
      examples(
        ["feature validate", "the project in the working folder"],
        ["feature validate --project shop --json", "findings as JSON, for an editor or CI"],
      ),
    )
    .action(
      bind(async ({ shell }) => {
        const { project, target = noTarget } = shell.options;
        const specs = await loadProject({ project, target }, shell.env);
        const { scheduleFindings } = await import("../../jobs/cron.js");
        const findings = scheduleFindings(specs.jobs);
        if (findings.length > 0) throw new Findings(findings);
        const [{ openScratch }, { checkSpecs }] = await Promise.all([
          import("../../engine/open.js"),
          import("../../migrate/check-specs.js"),
        ]);
        await withEngine(shell, openScratch, (engine) => checkSpecs(engine, specs));
        const columns = specs.views.reduce((sum, view) => sum + view.columns.length, 0);
        const result = {
          project: specs.project.name,
          views: specs.views.map(({ name }) => name),
          vectors: specs.vectors.map(({ name }) => name),
          columns,
          jobs: specs.jobs.map(({ name }) => name),
        };
        return {
          result,
          text: () =>
            `${specs.project.name} is valid: ${plural(result.views.length, "view")} with ${plural(columns, "column")}, ` +
            `${plural(result.vectors.length, "vector")}.\n`,
        };
      }),
    );
}
