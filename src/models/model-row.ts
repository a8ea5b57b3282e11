import { createHash } from "node:crypto";

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

/** SHA-256 of the raw values and NULLs of rows, oldest first: the same for the same bits, whatever is done with them later. */
export function hashRows(rows: readonly ModelRow[]): string {
  // One update for all: 60 rows one by one take three times as long.
  const parts = rows.flatMap(({ values, nulls }) => [
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    nulls,
  ]);
  return createHash("sha256").update(Buffer.concat(parts)).digest("hex");
}
