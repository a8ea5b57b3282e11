import { hash, instrument } from "./common.js";

export const vectorAnswer = {
  type: "object",
  required: [
    "vector",
    "description",
    "clock",
    "history",
    "max_age_s",
    "lag_s",
    "signature",
    "fingerprint",
    "features",
    "instruments",
  ],
  properties: {
    vector: { type: "string" },
    description: { type: "string" },
    clock: { type: "string" },
    history: { type: "integer", description: "rows kept in memory of each instrument" },
    max_age_s: { type: "number" },
    lag_s: { type: "number" },
    signature: { ...hash, description: "hash of the features' names, order, types and null rules" },
    fingerprint: { ...hash, description: "hash of all that decides the numbers" },
    features: { type: "array", items: { type: "string" } },
    instruments: { type: "array", items: instrument },
  },
} as const;

export const vectorsAnswer = {
  type: "object",
  required: ["vectors"],
  properties: { vectors: { type: "array", items: vectorAnswer } },
} as const;
