import type { CommanderError } from "commander";
import { FeatureError } from "../errors.js";

/** A wrong command line as the product's error; commander's "(Did you mean …?)" becomes the hint. */
export function usageError(error: CommanderError, path: string): FeatureError {
  const help = `feature ${path} --help`.replace("  ", " ");
  if (error.code === "commander.help") {
    const what = path === "" ? "a command" : `a command below \`${path}\``;
    return new FeatureError("FS_CLI_USAGE", `Expected ${what}, found none.`, { hint: `Run \`${help}\`.` });
  }
  const [first = "", ...rest] = error.message.replace(/^error: /, "").split("\n");
  const meant = /\(Did you mean (.+)\?\)/.exec(rest.join(" "))?.[1];
  const text = first.charAt(0).toUpperCase() + first.slice(1);
  return new FeatureError("FS_CLI_USAGE", /[.!?]$/.test(text) ? text : `${text}.`, {
    hint: meant === undefined ? `Run \`${help}\`.` : `Did you mean ${meant}? Or run \`${help}\`.`,
  });
}
