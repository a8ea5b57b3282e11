/**
 * Rows as bytes (docs/serving.md, "Binary form"): little endian, every number at a multiple of 8, so that a reader may lay a
 * Float64Array over the features.
 *
 *     0   4 bytes  "PFR1"
 *     4   u32      rows
 *     8   u32      features F
 *     12  u32      instruments
 *     16  32 bytes signature of the vector
 *     48           instruments: u16 length, UTF-8 name, one after the other; zeros up to a multiple of 8
 *                  rows: u32 instrument (from 0), u32 status (0 fresh, 1 stale, 2 empty), f64 age_s, i64 bucket_id,
 *                  i64 bucket_ts_start, i64 bucket_ts_end, i64 available_at (epoch ms), then the bits of NULL features
 *                  (bit i % 8 of byte i / 8; ceil(F / 64) * 8 bytes), then F times f64 (NULL: 0)
 *
 * A row that is not given (empty, or stale and not asked for) has bucket_id 0, times 0, and every feature NULL.
 */
import type { ServedVector } from "../../online/served-vector.js";
import type { VectorRow } from "../../online/vector-ring.js";
import type { Status } from "./row-json.js";

export const binaryType = "application/vnd.prism.rows";

export interface BinaryRow {
  readonly instrument: string;
  readonly status: Status;
  /** NaN where there is no row. */
  readonly ageS: number;
  readonly row: VectorRow | undefined;
}

const statuses: readonly Status[] = ["fresh", "stale", "empty"];
const headBytes = 48;

export function rowsBinary(vector: ServedVector, rows: readonly BinaryRow[]): Buffer {
  const features = vector.features.length;
  const bitmap = Math.ceil(features / 64) * 8;
  const rowBytes = 48 + bitmap + 8 * features;
  const names = [...new Set(rows.map(({ instrument }) => instrument))];
  const texts = names.map((name) => Buffer.from(name, "utf8"));
  const begin = aligned(headBytes + texts.reduce((sum, text) => sum + 2 + text.length, 0));
  const bytes = Buffer.alloc(begin + rows.length * rowBytes);
  bytes.write("PFR1", 0, "latin1");
  bytes.writeUInt32LE(rows.length, 4);
  bytes.writeUInt32LE(features, 8);
  bytes.writeUInt32LE(names.length, 12);
  bytes.write(vector.signature, 16, "hex");
  let at = headBytes;
  for (const text of texts) {
    bytes.writeUInt16LE(text.length, at);
    text.copy(bytes, at + 2);
    at += 2 + text.length;
  }
  for (const [index, one] of rows.entries()) {
    writeRow(bytes, begin + index * rowBytes, one, names.indexOf(one.instrument), bitmap, features);
  }
  return bytes;
}

function writeRow(
  bytes: Buffer,
  at: number,
  { status, ageS, row }: BinaryRow,
  instrument: number,
  bitmap: number,
  features: number,
): void {
  bytes.writeUInt32LE(instrument, at);
  bytes.writeUInt32LE(statuses.indexOf(status), at + 4);
  bytes.writeDoubleLE(ageS, at + 8);
  if (row === undefined) {
    for (let feature = 0; feature < features; feature++) {
      const byte = at + 48 + (feature >> 3);
      bytes.writeUInt8(bytes.readUInt8(byte) | (1 << (feature & 7)), byte);
    }
    return;
  }
  const heads = [row.bucketId, row.bucketTsStart, row.bucketTsEnd, row.availableAt];
  for (const [place, value] of heads.entries()) bytes.writeBigInt64LE(BigInt(value), at + 16 + 8 * place);
  bytes.set(row.nulls, at + 48);
  for (const [place, value] of row.values.entries()) bytes.writeDoubleLE(value, at + 48 + bitmap + 8 * place);
}

function aligned(bytes: number): number {
  return (bytes + 7) & ~7;
}
