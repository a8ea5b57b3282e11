import { about, instrument, nullableTime, time } from "./common.js";
import { nullableFeatures } from "./rows.js";

export const pointInTimeBody = {
  type: "object",
  additionalProperties: false,
  required: ["rows"],
  properties: {
    rows: {
      type: "array",
      minItems: 1,
      items: {
        type: "object",
        additionalProperties: false,
        required: ["instrument", "ts"],
        properties: {
          instrument,
          ts: { type: "integer", minimum: 0, maximum: 4_102_444_800_000, description: "epoch milliseconds" },
        },
      },
    },
  },
} as const;

export const pointInTimeAnswer = {
  type: "object",
  required: ["vector", "signature", "fingerprint", "rows"],
  properties: {
    ...about,
    rows: {
      type: "array",
      description: "one for each row of the request, in its order",
      items: {
        type: "object",
        required: ["instrument", "ts", "bucket_id", "bucket_ts_end", "available_at", "age_s", "features"],
        properties: {
          instrument,
          ts: time,
          bucket_id: { type: ["integer", "null"] },
          bucket_ts_end: nullableTime,
          available_at: nullableTime,
          age_s: { type: ["number", "null"] },
          features: nullableFeatures,
        },
      },
    },
  },
} as const;
