import type { FastifyInstance } from "fastify";
import { baseApp } from "./base-app.js";
import { Metrics } from "./metrics.js";
import { bucketRoute } from "./routes/bucket.js";
import { eventsRoute } from "./routes/events.js";
import { latestRoute } from "./routes/latest.js";
import { operationRoutes } from "./routes/operations.js";
import { pointInTimeRoute } from "./routes/point-in-time.js";
import { predictRoute } from "./routes/predict.js";
import { sequenceRoute } from "./routes/sequence.js";
import { vectorRoutes } from "./routes/vectors.js";
import type { Service } from "./service.js";

export interface App {
  readonly fastify: FastifyInstance;
  /** From now on answers close their connections, event streams end and /readyz says no. */
  drain(): void;
}

/** The HTTP application; it does not listen yet. */
export async function buildApp(service: Service): Promise<App> {
  let isDraining = false;
  const fastify = await baseApp(service, () => isDraining);
  vectorRoutes(fastify, service);
  latestRoute(fastify, service);
  sequenceRoute(fastify, service);
  bucketRoute(fastify, service);
  pointInTimeRoute(fastify, service);
  if (service.predictions !== undefined) predictRoute(fastify, service, service.predictions);
  const metrics = new Metrics(service, () => streams.size);
  const streams = eventsRoute(fastify, service, metrics);
  operationRoutes(fastify, metrics, () => [
    ...(isDraining ? ["the service is ending"] : []),
    ...(service.store.failure === undefined ? [] : ["rows in memory cannot be brought up to date"]),
  ]);
  metrics.watch(fastify);
  await fastify.ready();
  return {
    fastify,
    drain: () => {
      isDraining = true;
      streams.end();
    },
  };
}
