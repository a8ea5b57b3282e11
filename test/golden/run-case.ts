import type { Engine } from "../../src/engine/port.js";
import { adapters } from "./adapters.js";
import { goldenDifferences } from "./compare.js";
import type { GoldenCase } from "./golden-case.js";
import { dropStages } from "./stage.js";
import { uncovered, uncoveredKeys } from "./uncovered.js";

export interface Result {
  readonly kind: "pass" | "FAIL" | "not covered";
  readonly lines: readonly string[];
}

/** How many differing values of a case are printed. */
const shown = 5;

/** Never throws: an adapter that does fails its case. */
export async function runCase(golden: GoldenCase, engine: Engine): Promise<Result> {
  const adapter = adapters[golden.family];
  if (adapter === undefined) {
    return { kind: "not covered", lines: [uncovered[golden.family] ?? "this family is not known here"] };
  }
  try {
    const { actual, notCovered } = await adapter(golden, engine);
    const left = { ...uncoveredKeys[golden.family], ...notCovered };
    const differences = goldenDifferences(actual, without(golden.expected, left));
    const more = differences.length > shown ? [`and ${differences.length - shown} more`] : [];
    return {
      kind: differences.length === 0 ? "pass" : "FAIL",
      lines: [...differences.slice(0, shown), ...more, ...uncoveredLines(left)],
    };
  } catch (error) {
    return {
      kind: "FAIL",
      lines: [error instanceof Error ? `${error.name}: ${error.message}` : String(error)],
    };
  } finally {
    await dropStages();
  }
}

/** What a case leaves out, as it is printed: reasons by key. */
export function uncoveredLines(reasons: Readonly<Record<string, string>> = {}): string[] {
  return Object.entries(reasons).map(([key, reason]) => `not covered: ${key}: ${reason}`);
}

function without(expected: unknown, left: Readonly<Record<string, string>>): unknown {
  if (expected === null || typeof expected !== "object" || Array.isArray(expected)) return expected;
  return Object.fromEntries(Object.entries(expected).filter(([key]) => !(key in left)));
}
