/** Compares two ways to the same rows, bit by bit. */
import type { CompiledObject } from "../compile/catalog.js";
import type { Params, Reader } from "../engine/port.js";
import { quoteIdentifier } from "../schema/quote.js";
import type { ColumnDifference, Row, Rows } from "./check.js";

/** A SELECT that gives rows by `bucket_id`, and what stands before the names of its feature columns. */
export interface Side {
  readonly select: string;
  readonly prefix: string;
}

export interface RowDifference {
  readonly bucketId: number;
  /** `missing`: only expected; `extra`: only found; `repeated`: more than once on a side; `values`: they differ. */
  readonly kind: "missing" | "extra" | "repeated" | "values";
  readonly columns: readonly ColumnDifference[];
}

/** What a row says of its bucket; a view that is known later than its bucket has an `available_at` of its own. */
const bounds = ["bucket_ts_start", "bucket_ts_end", "available_at"];
/** How NULL is written: no number, date or array is written so. */
const nullText = "\\N";

/**
 * Rows of one instrument. A Float64 is written as the shortest text that reads back as the same bits, so equal texts are
 * equal bits.
 */
export async function readRows(
  engine: Reader,
  object: CompiledObject,
  { select, prefix }: Side,
  params: Params,
): Promise<Rows> {
  const cells = namesOf(object).map((name, index) => {
    const column = quoteIdentifier(index < bounds.length ? name : prefix + name);
    return `ifNull(toString(${column}), '\\\\N')`;
  });
  const found = await engine.rows<{ id: string; available_ms: string; cells: readonly string[] }>(
    `SELECT
       toString(bucket_id) AS id,
       toString(toUnixTimestamp64Milli(available_at)) AS available_ms,
       [${cells.join(", ")}] AS cells
     FROM (
       ${select}
     )`,
    { params },
  );
  const rows = new Map<number, Row[]>();
  for (const row of found) {
    const id = Number(row.id);
    rows.set(id, [...(rows.get(id) ?? []), { availableAt: Number(row.available_ms), cells: row.cells }]);
  }
  return rows;
}

/**
 * What differs, in order of bucket. A column that declares `approx` may differ by that share of the larger value.
 */
export function differencesOf(
  object: CompiledObject,
  expected: Rows,
  found: Rows,
  approx: ReadonlyMap<string, number>,
): RowDifference[] {
  const ids = [...new Set([...expected.keys(), ...found.keys()])].sort((a, b) => a - b);
  return ids.flatMap((bucketId): RowDifference[] => {
    const [wanted, ...repeatedWanted] = expected.get(bucketId) ?? [];
    const [got, ...repeatedGot] = found.get(bucketId) ?? [];
    if (wanted === undefined) return [{ bucketId, kind: "extra", columns: [] }];
    if (got === undefined) return [{ bucketId, kind: "missing", columns: [] }];
    if (repeatedWanted.length + repeatedGot.length > 0) return [{ bucketId, kind: "repeated", columns: [] }];
    const columns = namesOf(object).flatMap((column, index) => {
      const [a = nullText, b = nullText] = [wanted.cells[index], got.cells[index]];
      if (a === b || isNear(a, b, approx.get(column))) return [];
      return [{ column, expected: textOf(a), found: textOf(b) }];
    });
    return columns.length === 0 ? [] : [{ bucketId, kind: "values", columns }];
  });
}

function namesOf(object: CompiledObject): string[] {
  return [...bounds, ...object.columns.map((column) => column.name)];
}

function isNear(a: string, b: string, tolerance: number | undefined): boolean {
  if (tolerance === undefined || a === nullText || b === nullText) return false;
  const [x, y] = [Number(a), Number(b)];
  return Math.abs(x - y) <= tolerance * Math.max(Math.abs(x), Math.abs(y));
}

function textOf(cell: string): string | null {
  return cell === nullText ? null : cell;
}
