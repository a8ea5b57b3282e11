import { CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import { commandList } from "../../../src/cli/command-list.js";
import { buildProgram } from "../../../src/cli/program.js";

/** What a command line writes to standard output before commander ends it. */
async function printed(...argv: string[]): Promise<string> {
  let text = "";
  const program = buildProgram(
    () => async () => undefined,
    () => undefined,
  );
  const writeOut = (part: string): void => {
    text += part;
  };
  for (const command of [program, ...program.commands]) command.configureOutput({ writeOut });
  const end = await program.parseAsync(argv, { from: "user" }).catch((thrown: unknown) => thrown);
  expect(end).toBeInstanceOf(CommanderError);
  expect(end).toMatchObject({ code: "commander.helpDisplayed", exitCode: 0 });
  return text;
}

describe.each(commandList.map(({ name }) => name))("feature %s --help", (name) => {
  it("has a paragraph, examples and the global options", async () => {
    const text = await printed(name, "--help");
    expect(text).toContain(`Usage: feature ${name}`);
    expect(text).toContain("Examples:\n");
    expect(text.split(`feature ${name}`).length).toBeGreaterThan(2);
    expect(text).toContain("--project <dir>");
  });
});
