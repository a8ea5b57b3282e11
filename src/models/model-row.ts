import { hash } from "node:crypto";

/** One row of a vector as models read it: raw values, and a bit for each NULL (bit `i % 8` of byte `i / 8`). Times in epoch ms. */
export interface ModelRow {
  readonly bucketId: number;
  readonly availableAt: number;
  /** 0 where the feature is NULL. */
  readonly values: Float64Array;
  readonly nulls: Uint8Array;
}

export function isNull(row: Pick<ModelRow, "nulls">, feature: number): boolean {
  return (((row.nulls[feature >> 3] ?? 0) >> (feature & 7)) & 1) === 1;
}

/** The raw value; null for NULL. */
export function rawValue(row: ModelRow, feature: number): number | null {
  return isNull(row, feature) ? null : (row.values[feature] ?? null);
}

/** A row of values where null stands for NULL. */
export function packRow(
  values: readonly (number | null)[],
  { bucketId, availableAt }: Pick<ModelRow, "bucketId" | "availableAt">,
): ModelRow {
  const nulls = new Uint8Array((values.length + 7) >> 3);
  for (const [place, value] of values.entries()) {
    if (value === null) nulls[place >> 3] = (nulls[place >> 3] ?? 0) | (1 << (place & 7));
  }
  return { bucketId, availableAt, values: Float64Array.from(values, (value) => value ?? 0), nulls };
}

const hashed = new WeakMap<ModelRow, Buffer>();
const hashBytes = 32;
/** Where the hashes of a window's rows are put side by side; used again, because new memory costs as much as hashing it does. */
let beside = new Uint8Array(64 * hashBytes);

/**
 * What says which raw rows were read: SHA-256 over the SHA-256 of each row, oldest first; a row's is over its values and its NULL
 * bitmap. The same for the same bits, whatever is done with them later. A row is hashed once, however many windows it is in.
 */
export function hashRows(rows: readonly ModelRow[]): string {
  const size = rows.length * hashBytes;
  if (beside.length < size) beside = new Uint8Array(2 * size);
  let at = 0;
  for (const row of rows) {
    beside.set(hashRow(row), at);
    at += hashBytes;
  }
  return hash("sha256", beside.subarray(0, size), "hex");
}

function hashRow(row: ModelRow): Buffer {
  const known = hashed.get(row);
  if (known !== undefined) return known;
  const { values, nulls } = row;
  const bytes = new Uint8Array(values.byteLength + nulls.length);
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  bytes.set(nulls, values.byteLength);
  const found = hash("sha256", bytes, "buffer");
  hashed.set(row, found);
  return found;
}

/** True when no feature of the row is NULL, as in most rows. */
export function isWhole({ nulls }: Pick<ModelRow, "nulls">): boolean {
  for (let at = 0; at < nulls.length; at++) if (nulls[at] !== 0) return false;
  return true;
}
