import { about, instrument, nullableTime, stale, time } from "./common.js";
import { nullableFeatures, status } from "./rows.js";

export const latestQuery = {
  type: "object",
  additionalProperties: false,
  properties: {
    instrument: {
      type: "array",
      items: instrument,
      maxItems: 1000,
      description: "one or several; all that are known when left out",
    },
    stale,
  },
} as const;

export const latestAnswer = {
  type: "object",
  required: ["vector", "signature", "fingerprint", "now", "degraded", "rows"],
  properties: {
    ...about,
    now: time,
    degraded: { type: "boolean", description: "some row is not fresh" },
    rows: {
      type: "array",
      items: {
        type: "object",
        required: [
          "instrument",
          "status",
          "age_s",
          "bucket_id",
          "bucket_ts_start",
          "bucket_ts_end",
          "available_at",
          "features",
        ],
        properties: {
          instrument,
          status,
          age_s: { type: ["number", "null"], description: "seconds since available_at" },
          bucket_id: { type: ["integer", "null"] },
          bucket_ts_start: nullableTime,
          bucket_ts_end: nullableTime,
          available_at: nullableTime,
          features: nullableFeatures,
        },
      },
    },
  },
} as const;
