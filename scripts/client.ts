/**
 * Writes what is published for callers of the service from its routes and from src/client: the OpenAPI document, the client's types,
 * and the client as JavaScript with declarations (a package's TypeScript is not run by Node).
 *
 *     npx tsx scripts/client.ts
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";
import { packageVersion } from "../src/cli/package-version.js";
import { openApiDocument } from "../src/serve/openapi.js";

export const regenerateCommand = "npx tsx scripts/client.ts";
const root = new URL("../", import.meta.url);
const generated = `// Written by scripts/client.ts. Do not edit; run \`${regenerateCommand}\`.\n`;

/** The generated files as they should be: path below the repository's root, and text. */
export async function clientFiles(): Promise<Map<string, string>> {
  const document = await openApiDocument(packageVersion());
  const files = new Map([["client/openapi.json", `${JSON.stringify(document, null, 2)}\n`]]);
  // A copy: the generator writes into what it is given.
  const types = await openapiTS(JSON.parse(JSON.stringify(document)));
  const api = generated + astToString(types);
  files.set("src/client/api.ts", api);
  for (const [name, text] of compiled(api)) files.set(`client/${name}`, generated + text);
  return files;
}

/** src/client as JavaScript and declarations, with these types in place of the file that is there. */
function compiled(api: string): Map<string, string> {
  const folder = fileURLToPath(new URL("src/client/", root));
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2023.d.ts"],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ["node"],
    strict: true,
    declaration: true,
    skipLibCheck: true,
    rootDir: folder,
    outDir: "/out",
  };
  const host = ts.createCompilerHost(options);
  const read = host.readFile.bind(host);
  host.readFile = (path) => (path === `${folder}api.ts` ? api : read(path));
  const program = ts.createProgram([`${folder}client.ts`], options, host);
  const problems = ts.getPreEmitDiagnostics(program);
  if (problems.length > 0) throw new Error(ts.formatDiagnostics(problems, host));
  const files = new Map<string, string>();
  program.emit(undefined, (path, text) => {
    // Of types alone no JavaScript is left.
    if (basename(path) !== "api.js") files.set(basename(path), text);
  });
  return files;
}

/** The text of a generated file as it is committed; undefined: it is not there. */
export function committed(path: string): string | undefined {
  try {
    return readFileSync(new URL(path, root), "utf8");
  } catch {
    return undefined;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for (const [path, text] of await clientFiles()) {
    const file = fileURLToPath(new URL(path, root));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
