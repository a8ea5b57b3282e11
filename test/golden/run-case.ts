import type { Engine } from "../../src/engine/port.js";
import { adapters, withoutAdapter } from "./adapters.js";
import { goldenDifferences, matchesPath } from "./compare.js";
import type { GoldenCase } from "./golden-case.js";
import { dropStages } from "./stage.js";

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
    return { kind: "not covered", lines: [withoutAdapter[golden.family] ?? "no stock view computes it yet"] };
  }
  try {
    const { actual, notCovered = {} } = await adapter(golden, engine);
    const patterns = Object.keys(notCovered);
    const isLeftOut = (path: string): boolean => patterns.some((pattern) => matchesPath(pattern, path));
    const differences = goldenDifferences(actual, golden.expected, isLeftOut);
    if (differences.length > 0) {
      const more = differences.length > shown ? [`and ${differences.length - shown} more`] : [];
      return { kind: "FAIL", lines: [...differences.slice(0, shown), ...more] };
    }
    return { kind: "pass", lines: patterns.map((path) => `not covered: ${path}: ${notCovered[path]}`) };
  } catch (error) {
    return {
      kind: "FAIL",
      lines: [error instanceof Error ? `${error.name}: ${error.message}` : String(error)],
    };
  } finally {
    await dropStages();
  }
}
