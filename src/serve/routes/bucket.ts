import type { FastifyInstance } from "fastify";
import { readRows } from "../../online/read-rows.js";
import type { ServedVector } from "../../online/served-vector.js";
import { parseInstrumentName } from "../../spec/instrument-name.js";
import { HttpError } from "../http-error.js";
import { aboutJson, assertKnown, knownVector } from "../known.js";
import { bucketAnswer, bucketParams, bucketQuery } from "../schemas/bucket.js";
import { errorAnswer } from "../schemas/common.js";
import { answerTimeout, type Service } from "../service.js";
import { binaryType, rowsBinary } from "../wire/row-binary.js";
import { rowFields } from "../wire/row-json.js";
import { wantsBinary } from "./negotiate.js";

interface Route {
  readonly Params: { readonly vector: string; readonly bucket_id: number };
  readonly Querystring: { readonly instrument: string };
}

/** The row of one bucket: from memory, else from the table. */
export function bucketRoute(app: FastifyInstance, service: Service): void {
  const find = async (vector: ServedVector, name: string, bucketId: number) => {
    const held = service.store.byId(vector.name, name, bucketId);
    if (held !== undefined) return held;
    const instrument = parseInstrumentName(name);
    if ("problem" in instrument) return undefined;
    const [found] = await readRows(service.engine, vector, [{ instrument, from: bucketId, to: bucketId }]);
    return found?.row;
  };
  app.get<Route>(
    "/v1/vectors/:vector/buckets/:bucket_id",
    {
      handlerTimeout: answerTimeout(service),
      config: { scope: "read" },
      schema: {
        operationId: "bucketRow",
        summary: "The row of one bucket, as soon as it is computed, also before it may be used",
        description: `With \`Accept: ${binaryType}\` as bytes.`,
        params: bucketParams,
        querystring: bucketQuery,
        response: { 200: bucketAnswer, default: errorAnswer },
      },
    },
    async ({ params, query, headers }, reply) => {
      const vector = knownVector(service, params.vector);
      const { instrument } = query;
      assertKnown(service, vector, [instrument]);
      const row = await find(vector, instrument, params.bucket_id);
      if (row === undefined) {
        throw new HttpError("not_found", `${instrument} has no bucket ${params.bucket_id}.`);
      }
      if (wantsBinary(headers.accept)) {
        const ageS = (service.now() - row.availableAt) / 1000;
        const status = ageS * 1000 > vector.maxAgeMs ? "stale" : "fresh";
        reply.type(binaryType);
        return rowsBinary(vector, [{ instrument, status, ageS, row }]);
      }
      reply.type("application/json; charset=utf-8");
      return `{${aboutJson(vector)},"instrument":${JSON.stringify(instrument)},${rowFields(vector, row)}}`;
    },
  );
}
