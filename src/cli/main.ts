import { CommanderError } from "commander";
import type { Call } from "./command-module.js";
import { type Interrupts, listenForInterrupts } from "./interrupts.js";
import { normaliseError } from "./normalise-error.js";
import { failedOutcome, printOutcome } from "./print-outcome.js";
import { buildProgram } from "./program.js";
import { openProgress, type Progress } from "./progress.js";
import { usageError } from "./usage-error.js";

/** A reader that went away (`feature sql … | head`) is no error. */
function tolerateClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit(0);
      throw error;
    });
  }
}

/** `feature help ingest` is `feature ingest --help`. */
const withoutHelpCommand = (argv: readonly string[]) =>
  argv[0] === "help" ? [...argv.slice(1), "--help"] : [...argv];

/** From commander's `(...arguments, options, command)` and the options of the program. */
function toCall(
  received: readonly unknown[],
  globals: Record<string, unknown>,
  progress: Progress,
  interrupts: Interrupts,
): Call<unknown> {
  const args = received
    .slice(0, -2)
    .flat()
    .filter((arg) => arg !== undefined);
  return {
    args: args.map(String),
    options: received.at(-2),
    shell: {
      options: {
        project: String(globals.project),
        target: globals.target as string | undefined,
        json: globals.json === true,
        quiet: globals.quiet === true,
        debug: globals.debug === true,
      },
      env: process.env,
      progress,
      ask:
        process.stdin.isTTY && process.stderr.isTTY && globals.json !== true
          ? async (shown, question) =>
              (await import("./ask.js")).ask(shown, question, process.stdin, process.stderr)
          : undefined,
      width: process.stdout.isTTY ? process.stdout.columns : undefined,
      ...interrupts,
    },
  };
}

/** Runs one command line, prints what it came to and ends the process with its status. */
export async function main(argv: readonly string[]): Promise<void> {
  tolerateClosedPipes();
  // Read by hand, because a command line that cannot be parsed is answered in the form that it asks for.
  const flags = new Set(argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv);
  const form = { json: flags.has("--json"), debug: flags.has("--debug") };
  const { progress, restore } = openProgress(process.stderr, flags.has("--quiet"));
  const interrupts = listenForInterrupts(restore);
  let path = "";
  let status = 0;
  const program = buildProgram(
    (run) =>
      async (...received) => {
        const call = toCall(received, program.opts(), progress, interrupts);
        const outcome = await run(call as Parameters<typeof run>[0]);
        restore();
        status = printOutcome(path, outcome, form);
      },
    (entered) => {
      path = entered;
    },
  );
  const fail = (thrown: unknown) => {
    restore();
    const errors = thrown instanceof CommanderError ? [usageError(thrown, path)] : normaliseError(thrown);
    return printOutcome(path, failedOutcome(errors), form);
  };
  // What escapes from a callback of a library or a stream would end the process with a raw stack.
  process.on("uncaughtException", (thrown) => process.exit(fail(thrown)));
  try {
    await program.parseAsync(withoutHelpCommand(argv), { from: "user" });
  } catch (thrown) {
    const answered = thrown instanceof CommanderError && thrown.exitCode === 0;
    if (!answered && !interrupts.signal.aborted) status = fail(thrown);
  }
  // After a signal the process ends by itself, with the signal's status, once everything was released.
  if (interrupts.signal.aborted) return;
  await new Promise((resolve) => process.stdout.write("", resolve));
  process.exit(status);
}
