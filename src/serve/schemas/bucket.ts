import { about, instrument, vectorParams } from "./common.js";
import { rowNames, rowProperties } from "./rows.js";

export const bucketParams = {
  type: "object",
  required: ["vector", "bucket_id"],
  properties: {
    ...vectorParams.properties,
    bucket_id: { type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
  },
} as const;

export const bucketQuery = {
  type: "object",
  additionalProperties: false,
  required: ["instrument"],
  properties: { instrument },
} as const;

export const bucketAnswer = {
  type: "object",
  required: ["vector", "signature", "fingerprint", "instrument", ...rowNames],
  properties: { ...about, instrument, ...rowProperties },
} as const;
