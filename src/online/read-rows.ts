import { newestBucketsQuery, type RowRange, rangeRowsQuery } from "../compile/latest-rows.js";
import type { StoredVector } from "../compile/stored-vector.js";
import type { ColumnValues, NativeBlock } from "../engine/native.js";
import type { Reader } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import { type InstrumentKey, instrumentName } from "../spec/model.js";
import { bitmapBytes, type VectorRow } from "./vector-ring.js";

/** Consecutive buckets of one instrument, ends included. */
export interface BucketSpan {
  readonly instrument: InstrumentKey;
  readonly from: number;
  readonly to: number;
}

/** A row, and the name of the instrument that it is of. */
export interface NamedRow {
  readonly instrument: string;
  readonly row: VectorRow;
}

/** Instruments that one statement asks for: more would make its text long. */
const rangesAtOnce = 200;

/** The rows of some buckets in their newest version, ordered by instrument and id. Buckets without a row are left out. */
export async function readRows(
  reader: Reader,
  vector: StoredVector,
  spans: readonly BucketSpan[],
): Promise<NamedRow[]> {
  const rows: NamedRow[] = [];
  for (let start = 0; start < spans.length; start += rangesAtOnce) {
    const { sql, params } = rangeRowsQuery(vector, spans.slice(start, start + rangesAtOnce).map(rangeOf));
    for await (const block of reader.blocks(sql, { params })) rows.push(...rowsOf(vector, block));
  }
  return rows;
}

function rangeOf({ instrument, from, to }: BucketSpan): RowRange {
  const { exchange, marketType, symbol } = instrument;
  return { exchange, market_type: marketType, symbol, from, to };
}

interface NewestRow {
  readonly exchange: string;
  readonly market_type: InstrumentKey["marketType"];
  readonly symbol: string;
  readonly last: string;
  readonly version: string;
}

/** What of an instrument is stored: its newest bucket, and the highest attempt of any row. */
export interface NewestBucket {
  readonly instrument: InstrumentKey;
  readonly last: number;
  readonly version: bigint;
}

/** Every instrument that the vector has rows of. */
export async function readNewest(reader: Reader, vector: StoredVector): Promise<NewestBucket[]> {
  const { sql, params } = newestBucketsQuery(vector);
  const rows = await reader.rows<NewestRow>(sql, { params });
  return rows.map((row) => ({
    instrument: { exchange: row.exchange, marketType: row.market_type, symbol: row.symbol },
    last: Number(row.last),
    version: BigInt(row.version),
  }));
}

function rowsOf(vector: StoredVector, block: NativeBlock): NamedRow[] {
  const columns = new Map(block.columns.map(({ name, values }) => [name, values]));
  const values = (name: string): ColumnValues => {
    const found = columns.get(name);
    if (found === undefined) throw new FeatureError("FS_INTERNAL", `the engine returned no column ${name}`);
    return found;
  };
  const [exchange, marketType, symbol] = ["exchange", "market_type", "symbol"].map(values);
  const [ids, starts, ends, available, versions] = [
    "bucket_id",
    "bucket_ts_start",
    "bucket_ts_end",
    "available_at",
    "v",
  ].map(values);
  const features = vector.features.map(values);
  return Array.from({ length: block.rows }, (_, index) => ({
    instrument: instrumentName({
      exchange: String(exchange?.[index]),
      marketType: String(marketType?.[index]) as InstrumentKey["marketType"],
      symbol: String(symbol?.[index]),
    }),
    row: {
      bucketId: Number(ids?.[index]),
      bucketTsStart: Number(starts?.[index]),
      bucketTsEnd: Number(ends?.[index]),
      availableAt: Number(available?.[index]),
      version: BigInt(versions?.[index] as bigint),
      ...packed(features, index),
    },
  }));
}

/** The features of one row of a block; 0 and a bit in the bitmap for NULL. */
function packed(
  features: readonly ColumnValues[],
  index: number,
): { readonly values: Float64Array; readonly nulls: Uint8Array } {
  const values = new Float64Array(features.length);
  const nulls = new Uint8Array(bitmapBytes(features.length));
  for (const [place, column] of features.entries()) {
    const value = column[index] as number | null;
    if (value === null) nulls[place >> 3] = (nulls[place >> 3] ?? 0) | (1 << (place & 7));
    else values[place] = value;
  }
  return { values, nulls };
}
