/**
 * Writes src/compile/expression/function-names.json from the embedded engine:
 *
 *     npx tsx scripts/function-names.ts
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { openScratch } from "../src/engine/open.js";
import type { Reader } from "../src/engine/port.js";

export const functionNamesPath = fileURLToPath(
  new URL("../src/compile/expression/function-names.json", import.meta.url),
);

interface FunctionRow {
  readonly name: string;
  readonly alias_to: string;
  readonly case_insensitive: number | boolean;
}

/** Which names the engine takes for a function: those that it finds in any case, and those that are another's alias. */
export async function readFunctionNames(reader: Reader): Promise<string> {
  const rows = await reader.rows<FunctionRow>(
    `SELECT name, alias_to, case_insensitive FROM system.functions
     WHERE (case_insensitive OR alias_to != '') AND match(name, '^[A-Za-z_][A-Za-z0-9_]*$') ORDER BY name`,
  );
  const insensitive: [string, string][] = [];
  const aliases: [string, string][] = [];
  for (const { name, alias_to: alias, case_insensitive: any } of rows) {
    const canonical = alias === "" ? name : alias;
    if (Number(any) === 1) insensitive.push([name.toLowerCase(), canonical]);
    else aliases.push([name, canonical]);
  }
  return `${JSON.stringify({ insensitive: Object.fromEntries(insensitive), aliases: Object.fromEntries(aliases) }, null, 2)}\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const engine = await openScratch();
  writeFileSync(functionNamesPath, await readFunctionNames(engine));
  await engine.close();
}
