import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { repository } from "../spec/project-files.js";

const headings = readFileSync(join(repository, "docs/cli.md"), "utf8").matchAll(/^##+ feature (.+)$/gm);
const commands = new Set([...headings].map((match) => match[1] ?? ""));
const groups = new Set([...commands].flatMap((name) => (name.includes(" ") ? [name.split(" ")[0]] : [])));

it("commands that hints, help and pages name are there", () => {
  const named = ["src", "docs", "features"].flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.(ts|md|yaml)$/.test(file))
      .flatMap((file) => namedIn(join(folder, file))),
  );
  expect(named.length).toBeGreaterThan(200);
  expect(named.filter(({ command }) => !commands.has(command))).toEqual([]);
});

function namedIn(file: string) {
  const text = readFileSync(join(repository, file), "utf8");
  return [...text.matchAll(/`feature ([a-z]+)(?: ([a-z]+))?/g)].flatMap(([, first = "", second]) => {
    if (first === "help") return [];
    return [{ file, command: groups.has(first) && second !== undefined ? `${first} ${second}` : first }];
  });
}
