import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { engineErrorType } from "../../src/engine/failure.js";
import { openScratch } from "../../src/engine/open.js";
import type { Engine } from "../../src/engine/port.js";
import { packageRoot } from "../support/run-feature.js";

const page = readFileSync(join(packageRoot, "docs/engine-facts.md"), "utf8");

interface Fact {
  readonly line: number;
  readonly statements: readonly string[];
  /** Rows of the last statement, or the type of the error that it ends with. */
  readonly expected: unknown;
}

/** A `sql` block and the `json` block behind it. */
const facts: readonly Fact[] = [
  ...page.matchAll(/^```sql\n([\s\S]*?)^```\n\n```json\n([\s\S]*?)^```$/gm),
].map((match) => ({
  line: page.slice(0, match.index).split("\n").length,
  statements: (match[1] ?? "")
    .split(/;\n/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== ""),
  expected: JSON.parse(match[2] ?? "null") as unknown,
}));

let engine: Engine;
beforeAll(async () => {
  engine = await openScratch();
});
afterAll(() => engine.close());

async function resultOf({ statements }: Fact): Promise<unknown> {
  for (const statement of statements.slice(0, -1)) await engine.execute(statement);
  const last = statements.at(-1) ?? "";
  try {
    if (/^(SELECT|WITH)\b/.test(last)) return await engine.rows(last);
    await engine.execute(last);
    return [];
  } catch (error) {
    return { error: engineErrorType(error) };
  }
}

it("every statement of the page has its result", () => {
  expect(facts.length).toBe([...page.matchAll(/^```sql$/gm)].length);
});

// In the page's order: later facts use the tables of earlier ones.
it.each(facts.map((fact) => [`docs/engine-facts.md:${fact.line}`, fact] as const))("%s", async (_, fact) => {
  expect(await resultOf(fact)).toEqual(fact.expected);
});
