import type { CompiledColumn, CompiledObject } from "../../src/compile/catalog.js";
import { type BucketRow, bucketKeyOf, instrumentKey } from "./oracle/rows.js";
import type { NaiveView } from "./oracle/stock-views.js";
import type { Deployment } from "./stock-deployment.js";
import { type StoredRow, storedFeatures } from "./stored-rows.js";

export interface Compared {
  /** What differs, as lines to read. */
  readonly lines: readonly string[];
  readonly rows: number;
  /** How often each column was compared with a value, and how often with NULL. */
  readonly columns: ReadonlyMap<string, { values: number; nulls: number }>;
}

/**
 * A view's stored rows against an oracle's, all columns, keys and bounds included.
 * @param every so many buckets one is compared: the naive way is slow on whole recordings
 */
export async function stockDifferences(
  deployment: Deployment,
  view: CompiledObject,
  buckets: readonly BucketRow[],
  oracleOf: (bucket: BucketRow) => NaiveView,
  every = 1,
): Promise<Compared> {
  const lines: string[] = [];
  const columns = new Map(view.columns.map(({ name }) => [name, { values: 0, nulls: 0 }]));
  const stored = byPlace(await storedFeatures(deployment, view.name));
  let rows = 0;
  for (const [nth, bucket] of buckets.entries()) {
    const place = placeOf(bucket);
    if (nth % every > 0) {
      stored.delete(place);
      continue;
    }
    const expected = oracleOf(bucket)(bucket);
    const found = inOrder(stored.get(place) ?? [], Object.keys(expected[0] ?? {})[0]);
    stored.delete(place);
    rows += expected.length;
    if (found.length !== expected.length)
      lines.push(`${view.name} ${place}: ${found.length} rows, expected ${expected.length}`);
    for (const [index, own] of expected.slice(0, found.length).entries()) {
      // Views do not keep where a bucket's stream began.
      const { prev_ts_end: _, ...row } = { ...bucketKeyOf(bucket), ...own };
      const row_ = row as StoredRow;
      const missing = view.columns.filter(({ name }) => !(name in row_)).map(({ name }) => name);
      const unknown = Object.keys(own).filter(
        (name) => !(name in (found[index] ?? {})) && name !== "prev_ts_end",
      );
      if (missing.length + unknown.length > 0)
        return {
          lines: [`${view.name}: the oracle lacks ${missing}, and has besides ${unknown}`],
          rows,
          columns,
        };
      for (const [name, value] of Object.entries(row_)) {
        const count = columns.get(name);
        if (count !== undefined) count[value === null ? "nulls" : "values"] += 1;
        const actual = found[index]?.[name];
        if (
          !isNear(
            actual,
            value,
            view.columns.find((column) => column.name === name),
          )
        )
          lines.push(`${view.name} ${place}[${index}].${name}: ${actual}, expected ${value}`);
      }
    }
  }
  for (const place of stored.keys()) lines.push(`${view.name} ${place}: rows of no bucket`);
  return { lines, rows, columns };
}

function byPlace(rows: readonly StoredRow[]): Map<string, StoredRow[]> {
  const groups = new Map<string, StoredRow[]>();
  for (const row of rows) groups.set(placeOf(row), [...(groups.get(placeOf(row)) ?? []), row]);
  return groups;
}

function placeOf(row: StoredRow | BucketRow): string {
  return `${instrumentKey(row as unknown as BucketRow)} ${row.bucket_id}`;
}

function inOrder(rows: readonly StoredRow[], bin: string | undefined): readonly StoredRow[] {
  if (rows.length < 2 || bin === undefined) return rows;
  return rows.toSorted((a, b) => Number(a[bin]) - Number(b[bin]));
}

/** Units whose values are far below 1: what cancels in them is smaller still. */
const small: Readonly<Record<string, number>> = {
  "log return": 1e-14,
  "log return^2": 1e-22,
  "log return^4": 1e-36,
  "1/quote": 1e-18,
  "1e-6/quote": 1e-12,
  rate: 1e-14,
};

/**
 * Sums of floats in another order: relative to 1e-9, or absolute where terms cancel. Whole numbers, times and NULL are compared as
 * they are.
 */
function isNear(actual: unknown, expected: unknown, column: CompiledColumn | undefined): boolean {
  if (typeof expected !== "number" || actual === null) return actual === expected;
  const number = Number(actual);
  if (column === undefined || /\b(count|bin|id)$/.test(column.unit ?? "")) return number === expected;
  return Math.abs(number - expected) <= (small[column.unit ?? ""] ?? 1e-9) + 1e-9 * Math.abs(expected);
}
