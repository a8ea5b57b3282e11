/** A row as every route answers it. */
import { time } from "./common.js";

export const status = {
  type: "string",
  enum: ["fresh", "stale", "empty"],
  description: "stale: older than the vector's max_age; empty: no row that may be used yet",
} as const;

const features = {
  type: "object",
  additionalProperties: { type: ["number", "null"] },
  description: "`<view>__<column>` in the vector's order; NULL where undefined",
} as const;

export const nullableFeatures = { ...features, type: ["object", "null"] } as const;

export const rowProperties = {
  bucket_id: { type: "integer" },
  bucket_ts_start: time,
  bucket_ts_end: time,
  available_at: time,
  features,
} as const;

export const rowNames = [
  "bucket_id",
  "bucket_ts_start",
  "bucket_ts_end",
  "available_at",
  "features",
] as const;
