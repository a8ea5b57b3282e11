import type { FastifyInstance } from "fastify";
import { aboutJson, assertKnown, knownVector } from "../known.js";
import { errorAnswer, vectorParams } from "../schemas/common.js";
import { latestAnswer, latestQuery } from "../schemas/latest.js";
import type { Service } from "../service.js";
import { binaryType, rowsBinary } from "../wire/row-binary.js";
import { RowTexts, statusOf } from "../wire/row-json.js";
import { wantsBinary } from "./negotiate.js";

interface Route {
  readonly Params: { readonly vector: string };
  readonly Querystring: { readonly instrument?: readonly string[]; readonly stale: boolean };
}

/** The newest row of each instrument that may be used now, from memory. */
export function latestRoute(app: FastifyInstance, service: Service): void {
  const texts = new RowTexts();
  app.get<Route>(
    "/v1/vectors/:vector/latest",
    {
      config: { scope: "read" },
      schema: {
        operationId: "latestRows",
        summary:
          "The newest row of each instrument that may be used now: what a point-in-time read would give",
        description: `With \`Accept: ${binaryType}\` as bytes.`,
        params: vectorParams,
        querystring: latestQuery,
        response: { 200: latestAnswer, default: errorAnswer },
      },
    },
    ({ params, query, headers }, reply) => {
      const vector = knownVector(service, params.vector);
      const asked = query.instrument ?? service.store.instruments(vector.name);
      assertKnown(service, vector, asked);
      const readings = asked.map((instrument) => ({
        instrument,
        reading: service.store.latest(vector.name, instrument),
      }));
      if (wantsBinary(headers.accept)) {
        const rows = readings.map(({ instrument, reading }) => ({
          instrument,
          status: statusOf(reading),
          ageS: reading === undefined ? Number.NaN : reading.ageMs / 1000,
          row: reading !== undefined && (!reading.isStale || query.stale) ? reading.row : undefined,
        }));
        reply.type(binaryType);
        return rowsBinary(vector, rows);
      }
      const degraded = readings.some(({ reading }) => statusOf(reading) !== "fresh");
      const rows = readings.map(({ instrument, reading }) =>
        texts.latest(vector, instrument, reading, query.stale),
      );
      reply.type("application/json; charset=utf-8");
      // Given back, not sent: a reply that is given back is a promise, which listens to the end of the answer.
      return `{${aboutJson(vector)},"now":${service.now()},"degraded":${degraded},"rows":[${rows.join(",")}]}`;
    },
  );
}
