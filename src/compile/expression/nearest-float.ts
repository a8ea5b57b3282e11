/**
 * SQL of the Float64 that is nearest to a Decimal. The engine's own conversion divides floats, and 1e30 is none: it makes
 * 2.9999999999999996 of 3 with 30 decimals (docs/engine-facts.md). Reading the digits rounds once.
 */
export function nearestFloat(decimal: string): string {
  return `toFloat64(toString(${decimal}))`;
}
