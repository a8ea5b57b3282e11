/**
 * Runs the golden cases of a folder:
 *
 *     npm run golden -- [folder]        (default: ../shared/golden, beside the repository)
 *
 * One line a case: pass, FAIL with both values, or not covered with the reason. Exit status 1 if a case fails, 64 if the
 * folder has none.
 */
import { resolve } from "node:path";
import { openScratch } from "../../src/engine/open.js";
import { packageRoot } from "../support/run-feature.js";
import { readGoldenCases } from "./golden-case.js";
import { runCase } from "./run-case.js";

async function main(folder: string): Promise<number> {
  const cases = readGoldenCases(folder);
  if (cases.length === 0) {
    process.stderr.write(`${folder} has no golden cases\n`);
    return 64;
  }
  const engine = await openScratch();
  const counts = { pass: 0, FAIL: 0, "not covered": 0 };
  for (const golden of cases) {
    const { kind, lines } = await runCase(golden, engine);
    counts[kind] += 1;
    process.stdout.write(`${kind.padEnd(12)}${golden.family} / ${golden.name}\n`);
    for (const line of lines) process.stdout.write(`              ${line}\n`);
  }
  await engine.close();
  process.stdout.write(
    `${counts.pass} passed, ${counts.FAIL} failed, ${counts["not covered"]} not covered\n`,
  );
  return counts.FAIL > 0 ? 1 : 0;
}

process.exitCode = await main(resolve(process.argv[2] ?? `${packageRoot}../shared/golden`));
