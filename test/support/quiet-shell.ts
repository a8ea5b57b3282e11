import { openProgress } from "../../src/cli/progress.js";
import type { Shell } from "../../src/cli/shell.js";

const progress = openProgress(process.stderr, true).progress;

/** What a command sees that is run in this process, with --json and --quiet. */
export function quietShell({
  project,
  target,
  env = process.env,
}: Pick<Shell["options"], "project"> & {
  readonly target?: string | undefined;
  readonly env?: Shell["env"];
}): Shell {
  return {
    options: { project, target, json: true, quiet: true, debug: false },
    env,
    progress,
    width: undefined,
    ask: undefined,
    signal: new AbortController().signal,
    onInterrupt: () => () => undefined,
  };
}
