/**
 * Writes the commands and their options into docs/cli.md, from the texts of `--help`, and the exit statuses:
 *
 *     npx tsx scripts/cli-doc.ts
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Command } from "commander";
import { commandList } from "../src/cli/command-list.js";
import { exitStatuses } from "../src/cli/exit-statuses.js";
import { buildProgram, commandPath } from "../src/cli/program.js";

export const cliDocPath = fileURLToPath(new URL("../docs/cli.md", import.meta.url));
export const regenerateCommand = "npx tsx scripts/cli-doc.ts";

const helpLine = "show this help";
const begin = `<!-- From here to the end: written by scripts/cli-doc.ts. Do not edit; run \`${regenerateCommand}\`. -->`;

const statusTable = /(<!-- exit statuses: begin.*-->\n)[\s\S]*?(<!-- exit statuses: end -->)/;

/** The page with its exit statuses and commands as they are now; the rest of what stands above the commands is kept. */
export async function withCommands(page: string): Promise<string> {
  const [head = ""] = page.split(begin);
  const rows = exitStatuses.map(([status, meaning]) => `| ${status} | ${meaning} |`);
  const table = ["| status | meaning |", "|---|---|", ...rows].join("\n");
  if (!statusTable.test(head)) throw new Error(`${cliDocPath} has no place for the exit statuses`);
  const above = head.replace(statusTable, (_, start, end) => `${start}\n${table}\n\n${end}`);
  return `${above.trimEnd()}\n\n${begin}\n\n${await describeCommands()}`;
}

async function describeCommands(): Promise<string> {
  const program = buildProgram(
    () => async () => undefined,
    () => undefined,
  );
  const sections: string[] = [];
  for (const entry of commandList) {
    const command = program.commands.find((one) => one.name() === entry.name);
    if (command === undefined) continue;
    (await entry.load()).configure(command, () => async () => undefined);
    for (const one of withChildren(command)) sections.push(section(one));
  }
  return `${sections.join("\n\n")}\n`;
}

function withChildren(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withChildren)];
}

function section(command: Command): string {
  const path = commandPath(command);
  const depth = path.includes(" ") ? "###" : "##";
  return `${depth} feature ${path}\n\n\`\`\`text\n${ownHelp(command)}\n\`\`\``;
}

/** The help of a command without the options that all commands share, `--help` among them. */
function ownHelp(command: Command): string {
  let help = "";
  command.configureHelp({ showGlobalOptions: false });
  command.helpOption("--help", helpLine);
  command.configureOutput({
    getOutHelpWidth: () => 110,
    writeOut: (text) => {
      help += text;
    },
  });
  command.outputHelp();
  const own = help
    .split("\n")
    .filter((line) => !line.trim().startsWith("--help ") || !line.endsWith(helpLine));
  return own.join("\n").replace("Options:\n\n", "").trim();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  writeFileSync(cliDocPath, await withCommands(readFileSync(cliDocPath, "utf8")));
}
