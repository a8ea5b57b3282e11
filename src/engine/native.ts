/**
 * ClickHouse's Native format: columns in blocks. Only the types that the product moves are here; a query casts the rest
 * (LowCardinality to String, Decimal to its integer) before it streams.
 */

/**
 * Values of one column.
 * - Int8 … Int64, UInt8 … UInt64, Float32/64, Date, DateTime, DateTime64: a typed array of that width (DateTime64: ticks).
 * - Int128 and UInt128: a BigUint64Array of two words a value, low word first; Int256 and UInt256: four words.
 * - String: a list of strings. Nullable(T) and Array(T): a list of values, NULL as null.
 */
export type ColumnValues =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array
  | readonly unknown[];

export interface NativeColumn {
  readonly name: string;
  readonly type: string;
  readonly values: ColumnValues;
}

export interface NativeBlock {
  readonly rows: number;
  readonly columns: readonly NativeColumn[];
}
