/** What several routes ask for or answer. */
const instrumentPattern = "^[a-z0-9][a-z0-9_-]{0,39}/(spot|linear|inverse|option)/[^\\s/\"'`\\\\a-z]{1,64}$";

export const instrument = {
  type: "string",
  maxLength: 120,
  pattern: instrumentPattern,
  description: "exchange/market_type/symbol, such as binance/spot/BTCUSDT",
} as const;

export const time = { type: "integer", description: "epoch milliseconds" } as const;

export const nullableTime = { type: ["integer", "null"], description: "epoch milliseconds" } as const;

export const nullableInteger = { type: ["integer", "null"] } as const;

export const nullableNumber = { type: ["number", "null"] } as const;

export const nullableText = { type: ["string", "null"] } as const;

export const hash = { type: "string", description: "64 hex digits" } as const;

export const stale = {
  type: "boolean",
  default: false,
  description: "also give rows older than max_age, which a training set has as NULL",
} as const;

export const vectorParams = {
  type: "object",
  required: ["vector"],
  properties: { vector: { type: "string", maxLength: 40, pattern: "^[a-z][a-z0-9_]*$" } },
} as const;

export const about = { vector: { type: "string" }, signature: hash, fingerprint: hash } as const;

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
