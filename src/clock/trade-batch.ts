import { FeatureError } from "../errors.js";

/**
 * Non-negative integers as 64-bit words: one word a value (Int64 or UInt64), two (Int128) or four (Int256), low word first,
 * as Native columns hold them. The width follows from the number of values.
 */
export type ExactColumn = BigInt64Array | BigUint64Array;

/** Epoch milliseconds; an Int64 or DateTime64(3) column as Native gives it. */
export type TimeColumn = BigInt64Array | Float64Array;

/**
 * Columns of one instrument's trades in order of time. A row is one trade, or a group of trades of one timestamp with its
 * sums; several rows may share a timestamp, also across two batches.
 */
export interface TradeBatch {
  readonly length: number;
  readonly timestamp: TimeColumn;
  /** Base quantity in units of 1e-8. */
  readonly lots: ExactColumn;
  /** Price times quantity in units of 1e-16. */
  readonly notional: ExactColumn;
  /** When the row was known; of a group the latest. */
  readonly availableAt: TimeColumn;
  /** Trades in the row; absent means one each. */
  readonly count?: Uint32Array | Float64Array | BigUint64Array;
}

/** An `ExactColumn` as 32-bit halves, `stride` of them a value; those from `used` on are zero in every value. */
export interface WideColumn {
  readonly halves: Uint32Array;
  readonly stride: number;
  readonly used: number;
}

/** A batch in the form that the cutter's loop reads without allocating. */
export interface PlainBatch {
  readonly length: number;
  readonly timestamp: Float64Array;
  readonly lots: WideColumn;
  readonly notional: WideColumn;
  readonly availableAt: Float64Array;
  readonly count: Float64Array | undefined;
}

/** @throws FeatureError FS_CLOCK_NEGATIVE for a negative quantity or notional, FS_INTERNAL for columns that do not match. */
export function plainBatch(batch: TradeBatch): PlainBatch {
  const { length } = batch;
  return {
    length,
    timestamp: plainNumbers("timestamp", batch.timestamp, length),
    lots: wideColumn("lots", batch.lots, length),
    notional: wideColumn("notional", batch.notional, length),
    availableAt: plainNumbers("availableAt", batch.availableAt, length),
    count: batch.count === undefined ? undefined : plainNumbers("count", batch.count, length),
  };
}

function wideColumn(name: string, values: ExactColumn, length: number): WideColumn {
  const words = values.length / length;
  if (words !== 1 && words !== 2 && words !== 4) {
    throw new FeatureError("FS_INTERNAL", `column ${name} has ${values.length} words for ${length} rows`);
  }
  const halves = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  const stride = words * 2;
  const used = usedHalves(halves, stride);
  const isSigned = words > 1 || values instanceof BigInt64Array;
  if (isSigned && used === stride) refuseNegative(name, halves, stride);
  return { halves, stride, used };
}

/** Wide columns mostly hold small numbers: the cutter's loop need not read their zeros. */
function usedHalves(halves: Uint32Array, stride: number): number {
  let used = 0;
  for (let base = 0; base < halves.length; base += stride) {
    for (let half = used; half < stride; half++) {
      if (halves[base + half] !== 0) used = half + 1;
    }
  }
  return used;
}

function refuseNegative(name: string, halves: Uint32Array, stride: number): void {
  for (let index = stride - 1; index < halves.length; index += stride) {
    if ((halves[index] as number) >= 2 ** 31) {
      throw new FeatureError(
        "FS_CLOCK_NEGATIVE",
        `${name} of row ${(index + 1) / stride} of the batch is negative`,
      );
    }
  }
}

function plainNumbers(
  name: string,
  values: TimeColumn | Uint32Array | BigUint64Array,
  length: number,
): Float64Array {
  if (values.length !== length) {
    throw new FeatureError("FS_INTERNAL", `column ${name} has ${values.length} values for ${length} rows`);
  }
  if (values instanceof Float64Array) return values;
  const plain = new Float64Array(length);
  if (values instanceof Uint32Array) {
    plain.set(values);
    return plain;
  }
  // Reading a BigInt64Array by element would allocate a BigInt for each; its halves are plain numbers.
  const low = new Uint32Array(values.buffer, values.byteOffset, length * 2);
  const high = new Int32Array(values.buffer, values.byteOffset, length * 2);
  for (let row = 0; row < length; row++) {
    plain[row] = (high[2 * row + 1] as number) * 2 ** 32 + (low[2 * row] as number);
  }
  return plain;
}
