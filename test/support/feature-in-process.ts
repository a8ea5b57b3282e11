import { CommanderError } from "commander";
import type { Call } from "../../src/cli/command-module.js";
import { normaliseError } from "../../src/cli/normalise-error.js";
import { failedOutcome, outcomeStatus, outcomeText } from "../../src/cli/print-outcome.js";
import { buildProgram } from "../../src/cli/program.js";
import { usageError } from "../../src/cli/usage-error.js";
import type { FeatureError } from "../../src/errors.js";
import { type CliDocument, expectDocument } from "./cli-document.js";
import { quietShell } from "./quiet-shell.js";

export interface InProcess {
  readonly status: number;
  /** What --json would print, checked against its schema. */
  readonly document: CliDocument;
  readonly errors: readonly FeatureError[];
}

/**
 * A command line that is run in this process, in a project's folder: to start a process costs more than most of what commands do. How
 * outcomes are printed, and how processes end, is another test's matter.
 */
export async function featureInProcess(args: readonly string[], project: string): Promise<InProcess> {
  let path = "";
  let outcome = failedOutcome([]);
  const program = buildProgram(
    (run) =>
      async (...received) => {
        const call: Call<unknown> = {
          args: received
            .slice(0, -2)
            .flat()
            .filter((arg) => arg !== undefined)
            .map(String),
          options: received.at(-2),
          shell: quietShell({ project, target: program.opts().target }),
        };
        outcome = await run(call as Parameters<typeof run>[0]);
      },
    (entered) => {
      path = entered;
    },
  );
  const before = process.cwd();
  // Paths on a command line are of the folder that it is called in.
  process.chdir(project);
  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (thrown) {
    outcome = failedOutcome(
      thrown instanceof CommanderError ? [usageError(thrown, path)] : normaliseError(thrown),
    );
  } finally {
    process.chdir(before);
  }
  const text = outcomeText(path, outcome);
  return {
    status: outcomeStatus(outcome),
    // Rows are printed bare.
    document: Array.isArray(outcome.result) ? JSON.parse(text) : expectDocument(text),
    errors: outcome.errors ?? [],
  };
}
