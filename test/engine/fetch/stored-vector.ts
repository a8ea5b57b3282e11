import type { Engine } from "../../../src/engine/port.js";
import type { TrainingSet } from "../../../src/fetch/training-set.js";
import type { TableName } from "../../../src/schema/object.js";
import { quoteName } from "../../../src/schema/quote.js";

/** A vector's table as the compiler makes it, and rows for it. */

export type InstrumentTuple = readonly [exchange: string, marketType: string, symbol: string];

/** One version of one bucket; times in ms. */
export interface BucketRow {
  readonly instrument: InstrumentTuple;
  readonly id: bigint;
  readonly start: number;
  readonly end: number;
  readonly availableAt: number;
  readonly v: number;
  readonly features: readonly [volume: number | null, vpin: number | null];
}

export const table: TableName = { database: "suite", name: "vector_trend_v1__0a1b2c3d" };
export const features = ["order_flow__volume", "vpin__vpin_20"];

export const set: TrainingSet = {
  vectors: [
    {
      name: "trend_v1",
      clock: "ubt",
      table,
      features,
      maxAgeMs: 120_000,
      lagMs: 150,
      signature: "5c1e".repeat(16),
      fingerprint: "90ab".repeat(16),
    },
  ],
  labels: [],
};

export async function createVector(engine: Engine): Promise<void> {
  await engine.execute(`CREATE OR REPLACE TABLE ${quoteName(table)} (
    exchange LowCardinality(String), market_type LowCardinality(String), symbol LowCardinality(String),
    bucket_id UInt64, bucket_ts_start DateTime64(3, 'UTC'), bucket_ts_end DateTime64(3, 'UTC'),
    available_at DateTime64(3, 'UTC'), order_flow__volume Nullable(Float64), vpin__vpin_20 Nullable(Float64),
    v UInt64, created_at DateTime64(3, 'UTC') DEFAULT now64(3)
  ) ENGINE = ReplacingMergeTree(v) PARTITION BY toYYYYMM(bucket_ts_start)
  ORDER BY (exchange, market_type, symbol, bucket_id)`);
}

export async function insertBuckets(engine: Engine, rows: readonly BucketRow[]): Promise<void> {
  const time = "DateTime64(3, 'UTC')";
  const ticks = (of: (row: BucketRow) => number) => BigInt64Array.from(rows, (row) => BigInt(of(row)));
  await engine.insert(table, {
    rows: rows.length,
    columns: [
      { name: "exchange", type: "String", values: rows.map((row) => row.instrument[0]) },
      { name: "market_type", type: "String", values: rows.map((row) => row.instrument[1]) },
      { name: "symbol", type: "String", values: rows.map((row) => row.instrument[2]) },
      { name: "bucket_id", type: "UInt64", values: BigUint64Array.from(rows, (row) => row.id) },
      { name: "bucket_ts_start", type: time, values: ticks((row) => row.start) },
      { name: "bucket_ts_end", type: time, values: ticks((row) => row.end) },
      { name: "available_at", type: time, values: ticks((row) => row.availableAt) },
      { name: "v", type: "UInt64", values: BigUint64Array.from(rows, (row) => BigInt(row.v)) },
      { name: "order_flow__volume", type: "Nullable(Float64)", values: rows.map((row) => row.features[0]) },
      { name: "vpin__vpin_20", type: "Nullable(Float64)", values: rows.map((row) => row.features[1]) },
    ],
  });
}

/** `2024-08-08 23:54:15.342`. */
export function utc(ms: number): string {
  return new Date(ms).toISOString().replace("T", " ").replace("Z", "");
}
