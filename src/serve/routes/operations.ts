import type { FastifyInstance } from "fastify";
import type { Metrics } from "../metrics.js";
import { errorAnswer } from "../schemas/common.js";
import { healthAnswer } from "../schemas/operations.js";

/** Whether the service lives, whether it should get requests, and its numbers. */
export function operationRoutes(
  app: FastifyInstance,
  metrics: Metrics,
  unready: () => readonly string[],
): void {
  app.get(
    "/healthz",
    {
      schema: {
        operationId: "health",
        summary: "The process answers",
        response: { 200: healthAnswer, default: errorAnswer },
      },
    },
    async () => ({ status: "ok" }),
  );
  app.get(
    "/readyz",
    {
      schema: {
        operationId: "ready",
        summary:
          "Requests may be sent: rows are in memory and kept up to date, and the service is not ending",
        response: { 200: healthAnswer, 503: healthAnswer, default: errorAnswer },
      },
    },
    async (_, reply) => {
      const reasons = unready();
      if (reasons.length === 0) return { status: "ok" };
      return reply.code(503).send({ status: "unavailable", reasons });
    },
  );
  app.get(
    "/metrics",
    {
      config: { scope: "admin" },
      schema: {
        operationId: "metrics",
        summary: "Numbers in Prometheus' text format",
        response: { 200: { type: "string" }, default: errorAnswer },
      },
    },
    async (_, reply) => reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
}
