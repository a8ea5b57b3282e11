import type { FastifyInstance } from "fastify";
import { aboutJson, assertKnown, knownVector } from "../known.js";
import { errorAnswer, vectorParams } from "../schemas/common.js";
import { sequenceAnswer, sequenceQuery } from "../schemas/sequence.js";
import type { Service } from "../service.js";
import { binaryType, rowsBinary } from "../wire/row-binary.js";
import { numberJson, rowFields, statusOf } from "../wire/row-json.js";
import { wantsBinary } from "./negotiate.js";

interface Route {
  readonly Params: { readonly vector: string };
  readonly Querystring: { readonly instrument: string; readonly length?: number; readonly stale: boolean };
}

/** The last rows of one instrument, from memory: the input of a sequence model. */
export function sequenceRoute(app: FastifyInstance, service: Service): void {
  app.get<Route>(
    "/v1/vectors/:vector/sequence",
    {
      config: { scope: "read" },
      schema: {
        operationId: "sequence",
        summary: "The last rows of one instrument that end with the latest one, oldest first",
        description: `With \`Accept: ${binaryType}\` as bytes.`,
        params: vectorParams,
        querystring: sequenceQuery,
        response: { 200: sequenceAnswer, default: errorAnswer },
      },
    },
    ({ params, query, headers }, reply) => {
      const vector = knownVector(service, params.vector);
      const { instrument, length = vector.history } = query;
      assertKnown(service, vector, [instrument]);
      const reading = service.store.latest(vector.name, instrument);
      const status = statusOf(reading);
      const isShown = status === "fresh" || (status === "stale" && query.stale);
      const rows = isShown ? service.store.sequence(vector.name, instrument, length) : [];
      if (wantsBinary(headers.accept)) {
        const now = service.now();
        const form = rows.map((row) => ({
          instrument,
          status,
          ageS: (now - row.availableAt) / 1000,
          row,
        }));
        reply.type(binaryType);
        return rowsBinary(vector, form);
      }
      const age = reading === undefined ? "null" : numberJson(reading.ageMs / 1000);
      const texts = rows.map((row) => `{${rowFields(vector, row)}}`);
      reply.type("application/json; charset=utf-8");
      return (
        `{${aboutJson(vector)},"instrument":${JSON.stringify(instrument)},"status":"${status}","age_s":${age},` +
        `"now":${service.now()},"rows":[${texts.join(",")}]}`
      );
    },
  );
}
