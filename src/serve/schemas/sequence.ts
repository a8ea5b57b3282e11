import { about, instrument, stale, time } from "./common.js";
import { rowNames, rowProperties, status } from "./rows.js";

export const sequenceQuery = {
  type: "object",
  additionalProperties: false,
  required: ["instrument"],
  properties: {
    instrument,
    length: {
      type: "integer",
      minimum: 1,
      maximum: 100_000,
      description: "the vector's history when left out",
    },
    stale,
  },
} as const;

export const sequenceAnswer = {
  type: "object",
  required: ["vector", "signature", "fingerprint", "instrument", "status", "age_s", "now", "rows"],
  properties: {
    ...about,
    instrument,
    status,
    age_s: { type: ["number", "null"] },
    now: time,
    rows: {
      type: "array",
      description: "oldest first; fewer than asked for where there are no more",
      items: { type: "object", required: rowNames, properties: rowProperties },
    },
  },
} as const;
