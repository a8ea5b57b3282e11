/** Both ways between Float64 and Decimal by the digits: each of the engine's own conversions goes through a float of its own. */

/**
 * SQL of a float as the decimal number that it prints as, cut off after so many places; NULL stays NULL. `toDecimal256(x, 30)`
 * multiplies by a float that is not quite 1e30, so that 3 and -1 and -2 did not add up to 0 (docs/engine-facts.md). What is not
 * finite, or has no room, fails the statement.
 */
export function exactDecimal(x: string, places: number): string {
  return `toDecimal256(toString(${x}), ${places})`;
}

/** SQL of the Float64 that is nearest to a Decimal. The engine's own conversion makes 2.9999999999999996 of 3 with 30 decimals. */
export function nearestFloat(decimal: string): string {
  return `toFloat64(toString(${decimal}))`;
}
