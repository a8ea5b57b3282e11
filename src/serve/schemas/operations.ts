export const healthAnswer = {
  type: "object",
  required: ["status"],
  properties: {
    status: { type: "string", enum: ["ok", "unavailable"] },
    reasons: { type: "array", items: { type: "string" } },
  },
} as const;
