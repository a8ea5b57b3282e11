/** Tolerances of the golden cases. */
const relative = 1e-9;
const absolute = 1e-12;

/**
 * Where `actual` differs from `expected`, as lines to read. Everything that is expected must be there; what else is there does
 * not matter. A list must be as long as the expected one. NULL equals NULL only.
 */
export function goldenDifferences(actual: unknown, expected: unknown, path = ""): string[] {
  if (expected !== null && typeof expected === "object") {
    if (actual === null || typeof actual !== "object") return [line(path, actual, expected)];
    const lengths =
      Array.isArray(expected) && Array.isArray(actual) && actual.length !== expected.length
        ? [`${path || "case"}: ${actual.length} items, expected ${expected.length}`]
        : [];
    const found = actual as Readonly<Record<string, unknown>>;
    return [
      ...lengths,
      ...Object.entries(expected).flatMap(([key, value]) =>
        goldenDifferences(found[key], value, path === "" ? key : `${path}.${key}`),
      ),
    ];
  }
  return isEqual(actual, expected) ? [] : [line(path, actual, expected)];
}

function isEqual(actual: unknown, expected: unknown): boolean {
  if (isDecimal(actual) && isDecimal(expected)) return Number(actual) === Number(expected);
  if (typeof actual !== "number" || typeof expected !== "number") return actual === expected;
  const distance = Math.abs(actual - expected);
  return distance <= absolute || distance <= relative * Math.abs(expected);
}

/** Exact decimals are written as text, `10` or `10.0`. */
function isDecimal(value: unknown): value is string {
  return typeof value === "string" && /^-?\d+(?:\.\d+)?$/.test(value);
}

function line(path: string, actual: unknown, expected: unknown): string {
  return `${path || "case"}: ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`;
}
