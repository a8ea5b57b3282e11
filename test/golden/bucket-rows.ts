/** What adapters share whose cases give one row a bucket, or returns of the mid. */
import type { GoldenBook, GoldenBucket, ViewRow, ViewYaml } from "./stage.js";

/** So many buckets of one second, one after the other. */
export function buckets(count: number): GoldenBucket[] {
  return Array.from({ length: count }, (_, index) => ({ start: index * 1000, end: (index + 1) * 1000 }));
}

export function lastRow(rows: readonly ViewRow[]): ViewRow {
  return rows.at(-1) ?? {};
}

/** A case without rows has no bucket: what is not there is NULL. */
export function orNull(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value ?? null]));
}

/** Edits the expression of every column of a view. */
export function columnsWith(view: ViewYaml, edit: (sql: string) => string): void {
  for (const column of Object.values<{ sql: string }>(view.columns)) column.sql = edit(column.sql);
}

/** One book before the beginning and one before the end of each second, so that its mid makes the return. */
export function booksOfReturns(returns: readonly number[]): GoldenBook[] {
  // A high price keeps the rounding of prices to 8 decimals far below the returns.
  let mid = 1e8;
  const book = (ts: number): GoldenBook => ({ ts, bids: [[mid - 1, 1]], asks: [[mid + 1, 1]] });
  return [
    book(-500),
    ...returns.map((value, index) => {
      mid *= Math.exp(value);
      return book((index + 1) * 1000 - 500);
    }),
  ];
}

/** The standard normal quantile, by halving. */
export function normalQuantile(probability: number): number {
  let [low, high] = [-10, 10];
  for (let step = 0; step < 80; step++) {
    const middle = (low + high) / 2;
    if (normalDistribution(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Simpson's rule over the density. */
function normalDistribution(z: number): number {
  const steps = 2000;
  const width = z / steps;
  const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  let sum = density(0) + density(z);
  for (let step = 1; step < steps; step++) sum += density(step * width) * (step % 2 === 0 ? 2 : 4);
  return 0.5 + (sum * width) / 3;
}
