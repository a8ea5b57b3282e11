import {
  instrument,
  nullableInteger,
  nullableNumber,
  nullableText,
  nullableTime,
  time,
  vectorParams,
} from "./common.js";

export const predictBody = {
  type: "object",
  additionalProperties: false,
  required: ["instruments"],
  properties: {
    model: {
      type: "string",
      maxLength: 40,
      pattern: "^[a-z][a-z0-9_]*$",
      description: "this, or vector",
    },
    vector: {
      ...vectorParams.properties.vector,
      description: "instead of model, where one model alone reads it",
    },
    instruments: { type: "array", items: instrument, minItems: 1, maxItems: 200, uniqueItems: true },
  },
} as const;

const microseconds = { type: "number", description: "microseconds" } as const;

const decision = {
  type: ["object", "null"],
  description: "null where the contract has none, or nothing was answered",
  required: ["act", "side", "probability", "size", "reward_bps", "cost_bps", "reasons"],
  properties: {
    act: { type: "boolean" },
    side: { type: "integer", enum: [-1, 0, 1] },
    probability: { ...nullableNumber, description: "of the chosen side" },
    size: nullableNumber,
    reward_bps: nullableNumber,
    cost_bps: { type: "number" },
    reasons: {
      type: "array",
      description: "every check, passed or not",
      items: {
        type: "object",
        required: ["check", "ok", "found", "limit"],
        properties: {
          check: { type: "string", enum: ["side", "probability", "reward", "spread", "data_age"] },
          ok: { type: "boolean" },
          found: { ...nullableNumber, description: "null: not known, which never passes" },
          limit: { type: "number" },
        },
      },
    },
  },
} as const;

export const predictAnswer = {
  type: "object",
  required: ["model", "now", "predictions"],
  properties: {
    model: { type: "string", description: "that was asked" },
    now: time,
    predictions: {
      type: "array",
      description: "one for each instrument of the request, in its order",
      items: {
        type: "object",
        required: [
          "request_id",
          "instrument",
          "model",
          "version",
          "stage",
          "vector",
          "signature",
          "fingerprint",
          "bucket_id",
          "available_at",
          "age_s",
          "inputs_hash",
          "probabilities",
          "value",
          "decision",
          "fallback_reason",
          "latency_us",
        ],
        properties: {
          request_id: { type: "string", description: "of the audit's row" },
          instrument,
          model: { ...nullableText, description: "that answered; null: none could" },
          version: nullableInteger,
          stage: {
            type: ["string", "null"],
            enum: ["live", "canary", "fallback", null],
            description: "as what it answered",
          },
          vector: nullableText,
          signature: { ...nullableText, description: "64 hex digits" },
          fingerprint: {
            ...nullableText,
            description: "64 hex digits: the version of the vector that was read",
          },
          bucket_id: { ...nullableInteger, description: "of the newest row that was read" },
          available_at: nullableTime,
          age_s: { ...nullableNumber, description: "seconds since available_at" },
          inputs_hash: { ...nullableText, description: "SHA-256 of the raw rows that were read" },
          probabilities: {
            type: ["array", "null"],
            items: {
              type: "object",
              required: ["class", "probability"],
              properties: { class: { type: "number" }, probability: nullableNumber },
            },
          },
          value: nullableNumber,
          decision,
          fallback_reason: {
            ...nullableText,
            description: "why the model that was asked did not answer itself; null when it did",
          },
          latency_us: {
            type: "object",
            required: ["assemble", "run", "decide", "total"],
            properties: {
              assemble: microseconds,
              run: microseconds,
              decide: microseconds,
              total: microseconds,
            },
          },
        },
      },
    },
  },
} as const;
