import { CommanderError } from "commander";
import type { Call } from "../../src/cli/command-module.js";
import { normaliseError } from "../../src/cli/normalise-error.js";
import type { Outcome } from "../../src/cli/outcome.js";
import { failedOutcome } from "../../src/cli/print-outcome.js";
import { buildProgram } from "../../src/cli/program.js";
import { usageError } from "../../src/cli/usage-error.js";
import type { FeatureError } from "../../src/errors.js";
import { quietShell } from "./quiet-shell.js";

/**
 * The errors that a command line ends with, run in this process: to start one costs more than most of what is found wrong. How errors are
 * printed, and what a process ends with, is another test's matter.
 */
export async function failInProcess(
  args: readonly string[],
  project: string,
): Promise<readonly FeatureError[]> {
  let path = "";
  let outcome: Outcome | undefined;
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
  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (thrown) {
    outcome = failedOutcome(
      thrown instanceof CommanderError ? [usageError(thrown, path)] : normaliseError(thrown),
    );
  }
  return outcome?.errors ?? [];
}
