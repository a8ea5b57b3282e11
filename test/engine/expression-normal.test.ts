import { readFileSync } from "node:fs";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { functionNamesPath, readFunctionNames } from "../../scripts/function-names.js";
import { normalExpression } from "../../src/compile/expression/normal.js";
import { formatQuery } from "../../src/engine/introspect.js";
import { openScratch } from "../../src/engine/open.js";
import type { Engine } from "../../src/engine/port.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openScratch();
});
afterAll(() => engine.close());

it("knows the functions as the engine does", async () => {
  const message = "run `npx tsx scripts/function-names.ts`";
  expect(readFileSync(functionNamesPath, "utf8"), message).toBe(await readFunctionNames(engine));
});

/** Expressions with brackets wherever they may stand, needed or not. */
const expression = fc.letrec<{ node: string }>((tie) => {
  const leaf = fc.constantFrom(
    "a",
    "b",
    "c",
    "7",
    "0.5",
    "'s'",
    "t.x",
    "f(a)",
    "sum(a) OVER w",
    "arr[1]",
    "NULL",
  );
  const node = tie("node");
  const binary = fc
    .tuple(
      node,
      fc.constantFrom("+", "-", "*", "/", "%", "=", "<", ">=", "!=", "AND", "OR", "LIKE", "IN"),
      node,
    )
    .map(([left, operator, right]) => `${left} ${operator} ${right}`);
  return {
    node: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      leaf,
      binary,
      node.map((inner) => `(${inner})`),
      node.map((inner) => `- ${inner}`),
      node.map((inner) => `NOT ${inner}`),
      node.map((inner) => `${inner} IS NULL`),
      fc.tuple(node, node).map(([one, other]) => `g((${one}), ${other})`),
      fc.tuple(node, node).map(([one, other]) => `(${one}, ${other})`),
      fc.tuple(node, node, node).map(([one, two, three]) => `(${one} ? ${two} : ${three})`),
      node.map((inner) => `arrayMap(x -> (${inner}), arr)`),
      fc.tuple(node, node).map(([one, other]) => `CASE WHEN (${one}) THEN ${other} ELSE (a) END`),
      fc.tuple(node, node).map(([one, other]) => `${one} BETWEEN ${other} AND (b)`),
    ),
  };
}).node;

/** The tree that the engine parses a text into. Its own formatter keeps brackets that change nothing, a tree has none. */
async function tree(sql: string): Promise<string | undefined> {
  try {
    const rows = await engine.rows<{ explain: string }>(`EXPLAIN AST SELECT ${sql}`);
    return rows.map(({ explain }) => explain).join("\n");
  } catch {
    return undefined;
  }
}

it("keeps the tree that the engine parses", { timeout: 60_000 }, async () => {
  let parsed = 0;
  await fc.assert(
    fc.asyncProperty(expression, async (sql) => {
      const before = await tree(sql);
      if (before === undefined) return;
      parsed++;
      const normal = normalExpression(sql);
      expect(await tree(normal), `${sql}\n${normal}`).toBe(before);
    }),
    { numRuns: 400 },
  );
  expect(parsed).toBeGreaterThan(250);
  expect(await formatQuery(engine, `SELECT ${normalExpression("(a)+((b*C))")}`)).toBe("SELECT a + (b * C)");
});
