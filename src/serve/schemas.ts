/** JSON Schemas of requests and answers: what is checked, and what the OpenAPI document says. */

const instrumentPattern = "^[a-z0-9][a-z0-9_-]{0,39}/(spot|linear|inverse|option)/[^\\s/\"'`\\\\a-z]{1,64}$";

const instrument = {
  type: "string",
  maxLength: 120,
  pattern: instrumentPattern,
  description: "exchange/market_type/symbol, such as binance/spot/BTCUSDT",
} as const;
const time = { type: "integer", description: "epoch milliseconds" } as const;
const nullableTime = { type: ["integer", "null"], description: "epoch milliseconds" } as const;
const hash = { type: "string", description: "64 hex digits" } as const;
const status = {
  type: "string",
  enum: ["fresh", "stale", "empty"],
  description: "stale: older than the vector's max_age; empty: no row that may be used yet",
} as const;
const features = {
  type: "object",
  additionalProperties: { type: ["number", "null"] },
  description: "`<view>__<column>` in the vector's order; NULL where undefined",
} as const;
const nullableFeatures = { ...features, type: ["object", "null"] } as const;

export const vectorParams = {
  type: "object",
  required: ["vector"],
  properties: { vector: { type: "string", maxLength: 40, pattern: "^[a-z][a-z0-9_]*$" } },
} as const;

export const bucketParams = {
  type: "object",
  required: ["vector", "bucket_id"],
  properties: {
    ...vectorParams.properties,
    bucket_id: { type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
  },
} as const;

const stale = {
  type: "boolean",
  default: false,
  description: "also give rows older than max_age, which a training set has as NULL",
} as const;

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

export const bucketQuery = {
  type: "object",
  additionalProperties: false,
  required: ["instrument"],
  properties: { instrument },
} as const;

export const eventsQuery = {
  type: "object",
  additionalProperties: false,
  properties: { instrument: { ...latestQuery.properties.instrument, maxItems: 100 } },
} as const;

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

const about = { vector: { type: "string" }, signature: hash, fingerprint: hash } as const;

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

const rowProperties = {
  bucket_id: { type: "integer" },
  bucket_ts_start: time,
  bucket_ts_end: time,
  available_at: time,
  features,
} as const;
const rowNames = ["bucket_id", "bucket_ts_start", "bucket_ts_end", "available_at", "features"] as const;

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

export const bucketAnswer = {
  type: "object",
  required: ["vector", "signature", "fingerprint", "instrument", ...rowNames],
  properties: { ...about, instrument, ...rowProperties },
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

const nullableNumber = { type: ["number", "null"] } as const;
const nullableInteger = { type: ["integer", "null"] } as const;
const nullableText = { type: ["string", "null"] } as const;
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

export const errorAnswer = {
  type: "object",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      required: ["code", "message"],
      properties: { code: { type: "string" }, message: { type: "string" } },
    },
  },
} as const;

export const healthAnswer = {
  type: "object",
  required: ["status"],
  properties: {
    status: { type: "string", enum: ["ok", "unavailable"] },
    reasons: { type: "array", items: { type: "string" } },
  },
} as const;
