import type { FastifyInstance } from "fastify";
import type { ServedVector } from "../../online/served-vector.js";
import { knownVector } from "../known.js";
import { errorAnswer, vectorParams } from "../schemas/common.js";
import { vectorAnswer, vectorsAnswer } from "../schemas/vectors.js";
import type { Service } from "../service.js";

/** What is served. */
export function vectorRoutes(app: FastifyInstance, service: Service): void {
  const describe = (vector: ServedVector) => ({
    vector: vector.name,
    description: vector.description,
    clock: vector.clock,
    history: vector.history,
    max_age_s: vector.maxAgeMs / 1000,
    lag_s: vector.lagMs / 1000,
    signature: vector.signature,
    fingerprint: vector.fingerprint,
    features: vector.features,
    instruments: service.store.instruments(vector.name),
  });
  app.get(
    "/v1/vectors",
    {
      config: { scope: "read" },
      schema: {
        operationId: "listVectors",
        summary: "The vectors that are served",
        response: { 200: vectorsAnswer, default: errorAnswer },
      },
    },
    async () => ({ vectors: service.store.vectors.map(describe) }),
  );
  app.get<{ Params: { vector: string } }>(
    "/v1/vectors/:vector",
    {
      config: { scope: "read" },
      schema: {
        operationId: "getVector",
        summary: "One vector: its features in order, its limits, its instruments",
        params: vectorParams,
        response: { 200: vectorAnswer, default: errorAnswer },
      },
    },
    async ({ params }) => describe(knownVector(service, params.vector)),
  );
}
