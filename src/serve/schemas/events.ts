import { latestQuery } from "./latest.js";

export const eventsQuery = {
  type: "object",
  additionalProperties: false,
  properties: { instrument: { ...latestQuery.properties.instrument, maxItems: 100 } },
} as const;
