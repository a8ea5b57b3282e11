/**
 * Writes docs/errors.md from the table in src/errors.ts:
 *
 *     npx tsx scripts/errors-doc.ts
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { errorCodes } from "../src/errors.js";

export const errorsDocPath = fileURLToPath(new URL("../docs/errors.md", import.meta.url));
export const regenerateCommand = "npx tsx scripts/errors-doc.ts";

/** The area is the second word of a code: `FS_<AREA>_<WHAT>`. Every area says who finds such errors, and in what. */
const areas: Readonly<Record<string, string>> = {
  BUCKETS: "Cutting instruments into buckets, and closing them.",
  CLI: "The command line itself: arguments, files, the project's folder.",
  CLOCK: "The cutter's own checks of what it is given.",
  ENGINE: "ClickHouse, in this process or as a server.",
  FETCH: "Training sets: the spine that is read and the file that is written.",
  INGEST:
    "Recordings that are read in. Single rows that cannot be read are no error: they go to the table `ingest_rejects`.",
  INTERNAL: "Defects of the product.",
  JOBS: "What runs on a schedule.",
  LEAK: "What a feature may not do, found in the engine's resolved tree of each expression by `feature validate` and `feature apply`.",
  MIGRATION: "Files under `migrations/`, and carrying them out.",
  MODEL: "Models: contracts, files, training and rollout.",
  PLAN: "Changes that are refused before anything is done.",
  REGISTRY: "What is deployed on a target, and who is deploying to it.",
  ROLLBACK: "Going back to versions that were live before.",
  SERVE: "Serving: rows kept in memory, the HTTP service, its keys.",
  SPEC: "Findings on the project's YAML files. All of them are reported at once, each with file, line and column.",
  VERIFY: "Computing what is stored again, and comparing.",
};

interface Code {
  readonly summary: string;
  readonly hint: string;
  readonly exit: number;
}

/** The page's text. Throws for a code whose area is not described above. */
export function renderErrorsDoc(codes: Readonly<Record<string, Code>> = errorCodes): string {
  const sections = [...byArea(codes)].map(([area, entries]) => {
    const about = areas[area];
    if (about === undefined) {
      throw new Error(
        `describe the area ${area} in scripts/errors-doc.ts, then run \`${regenerateCommand}\``,
      );
    }
    const rows = entries.map(
      ([code, { summary, hint, exit }]) => `| \`${code}\` | ${cell(summary)} | ${cell(hint)} | ${exit} |`,
    );
    return [
      `## FS_${area}`,
      "",
      about,
      "",
      "| code | what it means | the way out | exit |",
      "|---|---|---|---|",
      ...rows,
    ].join("\n");
  });
  return `${[introduction, ...sections].join("\n\n")}\n`;
}

const introduction = `# Errors

<!-- Written by scripts/errors-doc.ts from src/errors.ts. Do not edit: change the table there, then run \`${regenerateCommand}\`. -->

Every failure has a code. A code never changes its meaning; messages may. People read an error as one block: the code, what
it is about and where, what was found and expected, and the way out. With \`--json\` the same is an entry of \`errors\`:
\`code\`, \`message\`, \`hint\`, and where they are known \`object\`, \`file\`, \`line\`, \`column\`. \`--debug\` adds the stack.

The way out below is the general one; the place that finds an error often knows a better one and names that.
The last column is the status that the command ends with when the error is its outcome (cli.md explains them all).`;

function byArea(codes: Readonly<Record<string, Code>>): Map<string, [string, Code][]> {
  const result = new Map<string, [string, Code][]>();
  for (const code of Object.keys(codes).sort()) {
    const area = code.split("_")[1] ?? "";
    const entry = codes[code];
    if (entry !== undefined) result.set(area, [...(result.get(area) ?? []), [code, entry]]);
  }
  return result;
}

/** One line of a table: no bar may end the cell, and `<…>` outside of code would be taken for markup. */
function cell(text: string): string {
  return text
    .replaceAll(/\s*\n\s*/g, " ")
    .replaceAll("|", "\\|")
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith("`") ? part : part.replaceAll("<", "&lt;")))
    .join("");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  writeFileSync(errorsDocPath, renderErrorsDoc());
}
