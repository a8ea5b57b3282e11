import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { cliDocPath, regenerateCommand, withCommands } from "../../../scripts/cli-doc.js";
import { commandList } from "../../../src/cli/command-list.js";
import { errorCodes } from "../../../src/errors.js";
import { repository } from "../spec/project-files.js";

const page = readFileSync(cliDocPath, "utf8");

it("docs/cli.md has the exit statuses, and every command as its --help has it", async () => {
  expect(page, `docs/cli.md is out of step: run \`${regenerateCommand}\``).toBe(await withCommands(page));
});

it("every command stands in the table, and nothing else does", () => {
  const named = [...page.matchAll(/^\| \[`feature (\w+)`\]/gm)].map((match) => match[1]);
  expect(named).toEqual(commandList.map(({ name }) => name));
});

it("every exit status that an error has is explained", () => {
  const explained = [...page.matchAll(/^\| (\d+) \|/gm)].map((match) => Number(match[1]));
  for (const [code, { exit }] of Object.entries(errorCodes)) expect(explained, code).toContain(exit);
});

it("commands that the README shows exist", () => {
  const readme = readFileSync(join(repository, "README.md"), "utf8");
  const blocks = [...readme.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? "");
  const shown = blocks.flatMap((block) =>
    [...block.matchAll(/\bfeature ([a-z]+)/g)].map((match) => match[1]),
  );
  const known = commandList.map(({ name }) => name);
  for (const name of shown) expect(known).toContain(name);
});
