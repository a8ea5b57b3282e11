/** The binary form of rows (docs/serving.md): little endian, every number at a multiple of 8. */

export const binaryType = "application/vnd.prism.rows";

export interface BinaryRow {
  readonly instrument: string;
  /** stale: older than the vector's max_age; empty: no row that may be used yet. */
  readonly status: "fresh" | "stale" | "empty";
  /** Seconds since availableAt; NaN without a row. */
  readonly ageS: number;
  /** 0 without a row. */
  readonly bucketId: number;
  readonly bucketTsStart: number;
  readonly bucketTsEnd: number;
  readonly availableAt: number;
  /** 0 where `nulls` has the feature's bit: bit `i % 8` of byte `i / 8`. A view of the answer's bytes. */
  readonly values: Float64Array;
  readonly nulls: Uint8Array;
}

export interface BinaryRows {
  /** Hash of the features' names, order, types and null rules; 64 hex digits. */
  readonly signature: string;
  readonly features: number;
  readonly rows: readonly BinaryRow[];
}

const statuses = ["fresh", "stale", "empty"] as const;

/** Throws a RangeError for bytes that are not this form. */
export function decodeRows(bytes: ArrayBuffer): BinaryRows {
  const view = new DataView(bytes);
  const magic = bytes.byteLength < 48 ? "" : new TextDecoder("latin1").decode(new Uint8Array(bytes, 0, 4));
  if (magic !== "PFR1") throw new RangeError("The bytes are not rows in the binary form.");
  const count = view.getUint32(4, true);
  const features = view.getUint32(8, true);
  const signature = Array.from(new Uint8Array(bytes, 16, 32), (byte) => byte.toString(16).padStart(2, "0"));
  const names: string[] = [];
  let at = 48;
  for (let left = view.getUint32(12, true); left > 0; left--) {
    const length = view.getUint16(at, true);
    names.push(new TextDecoder().decode(new Uint8Array(bytes, at + 2, length)));
    at += 2 + length;
  }
  at = (at + 7) & ~7;
  const bitmap = Math.ceil(features / 64) * 8;
  const integer = (place: number): number => Number(view.getBigInt64(place, true));
  const rows = Array.from({ length: count }, (_, index): BinaryRow => {
    const row = at + index * (48 + bitmap + 8 * features);
    return {
      instrument: names[view.getUint32(row, true)] ?? "",
      status: statuses[view.getUint32(row + 4, true)] ?? "empty",
      ageS: view.getFloat64(row + 8, true),
      bucketId: integer(row + 16),
      bucketTsStart: integer(row + 24),
      bucketTsEnd: integer(row + 32),
      availableAt: integer(row + 40),
      nulls: new Uint8Array(bytes, row + 48, Math.ceil(features / 8)),
      values: new Float64Array(bytes, row + 48 + bitmap, features),
    };
  });
  return { signature: signature.join(""), features, rows };
}
