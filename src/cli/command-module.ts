import type { Command } from "commander";
import type { Outcome } from "./outcome.js";
import type { Shell } from "./shell.js";

/** One call of a command, parsed. */
export interface Call<Options> {
  /** The arguments in order, variadic ones spread. */
  readonly args: readonly string[];
  readonly options: Options;
  readonly shell: Shell;
}

/** Wraps a command's function so that the shell prints what it returns and throws. */
export type Bind = <Options>(
  run: (call: Call<Options>) => Promise<Outcome>,
) => (...args: unknown[]) => Promise<void>;

/**
 * What a file under commands/ exports. It is imported once its command was named, so it may be read for `--help` too:
 * whatever loads an engine or a parser is imported inside of the function that runs.
 */
export interface CommandModule {
  configure(command: Command, bind: Bind): void;
}
