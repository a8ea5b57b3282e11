/** Relative or absolute; what Float64 arithmetic in another order may cost. */
const tolerance = 1e-12;

/** Numbers up to rounding, everything else exactly; NULL equals NULL only. */
export function isClose(actual: unknown, expected: unknown): boolean {
  if (typeof actual !== "number" || typeof expected !== "number") return actual === expected;
  const distance = Math.abs(actual - expected);
  return actual === expected || distance <= tolerance || distance <= tolerance * Math.abs(expected);
}

/**
 * What differs between two lists of rows in the same order, as lines to read; nothing when they agree. Only the columns of
 * the expected rows count.
 */
export function rowDifferences(
  actual: readonly Readonly<Record<string, unknown>>[],
  expected: readonly object[],
): string[] {
  const lengths =
    actual.length === expected.length ? [] : [`${actual.length} rows, expected ${expected.length}`];
  const values = expected.slice(0, actual.length).flatMap((row, index) =>
    Object.entries(row).flatMap(([column, value]) => {
      const found = actual[index]?.[column];
      return isClose(found, value) ? [] : [`row ${index + 1}, ${column}: ${found}, expected ${value}`];
    }),
  );
  return [...lengths, ...values];
}
