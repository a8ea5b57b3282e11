import { Command } from "commander";
import { commandList } from "./command-list.js";
import type { Bind } from "./command-module.js";
import { mainHelp } from "./help.js";
import { packageVersion } from "./package-version.js";

const widestHelp = 110;

/** `buckets build` for the command of that name: its path below `feature`. */
export function commandPath(command: Command): string {
  const above = command.parent;
  return above === null ? "" : `${commandPath(above)} ${command.name()}`.trim();
}

/**
 * The command tree. It throws CommanderError instead of ending the process and leaves error texts to the caller;
 * `enter` is told which command was named, before its options are parsed.
 */
export function buildProgram(bind: Bind, enter: (path: string) => void): Command {
  const program = new Command("feature")
    .description(mainHelp.description)
    .usage("<command> [options]")
    .version(packageVersion(), "--version", "print the version")
    .helpOption("--help", "show this help; `feature <command> --help` shows a command's")
    .helpCommand(false)
    .option("--project <dir>", "the folder that holds features.yaml", ".")
    .option("--target <name>", "a target of features.yaml (default: its `engine`)")
    .option("--json", "print one JSON document on stdout, and nothing else there")
    .option("--quiet", "no progress on stderr")
    .option("--debug", "print the stack of an error")
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      getOutHelpWidth: () => Math.min(process.stdout.columns ?? widestHelp, widestHelp),
      writeErr: () => undefined,
      outputError: () => undefined,
    })
    .exitOverride()
    .addHelpText("after", mainHelp.after);

  for (const entry of commandList) {
    program.command(entry.name).summary(entry.summary).helpOption("--help", "show this help");
  }
  program.hook("preSubcommand", async (_, sub) => {
    enter(sub.name());
    const entry = commandList.find(({ name }) => name === sub.name());
    (await entry?.load())?.configure(sub, bind);
    follow(sub, enter);
  });
  return program;
}

/** Tells of the commands below one, as deep as they go. */
function follow(command: Command, enter: (path: string) => void): void {
  command.helpCommand(false);
  command.hook("preSubcommand", (_, inner) => enter(commandPath(inner)));
  for (const inner of command.commands) follow(inner.helpOption("--help", "show this help"), enter);
}
