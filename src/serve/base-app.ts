import rateLimit from "@fastify/rate-limit";
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import Fastify, { type FastifyInstance, type FastifyRequest, LogController } from "fastify";
import { pino } from "pino";
import { authenticate } from "./authenticate.js";
import { HttpError, toHttpError } from "./http-error.js";
import { validateRequests } from "./request-validator.js";
import type { Service } from "./service.js";

declare module "fastify" {
  interface FastifyRequest {
    /** By `performance.now()`. */
    arrivedAt: number;
  }
}

/** Of requests without a list of moments. */
const smallBody = 64 * 1024;

/** What every route of the service has: limits, keys, headers, errors, log and documents. It has no routes yet. */
export async function baseApp(service: Service, isDraining: () => boolean): Promise<FastifyInstance> {
  const { limits, log, keys } = service;
  const fastify = Fastify({
    // A logger of fastify's would make it listen to the end of every answer: requests are given ours below. Those that are refused or
    // fail get a line, the others are in the metrics.
    logger: false,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: smallBody,
    requestTimeout: limits.receiveMs,
    routerOptions: { maxParamLength: 100 },
    http: { headersTimeout: limits.receiveMs, maxHeaderSize: 16 * 1024, connectionsCheckingInterval: 1000 },
    return503OnClosing: false,
    trustProxy: false,
  });
  fastify.server.maxConnections = limits.connections;
  validateRequests(fastify);
  beginRequests(fastify, log);

  await fastify.register(rateLimit, {
    global: false,
    addHeadersOnExceeding: {
      "x-ratelimit-limit": false,
      "x-ratelimit-remaining": false,
      "x-ratelimit-reset": false,
    },
  });
  await fastify.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "prism-features",
        description:
          "Feature vectors of market microstructure: what was served is what is trained on, bit for bit.",
        version: service.version,
      },
      components: { securitySchemes: { key: { type: "http", scheme: "bearer" } } },
      security: [{ key: [] }, {}],
    },
  });
  fastify.setErrorHandler((thrown, request, reply) => {
    const error = toHttpError(thrown);
    const line = { ...aboutRequest(request), status: error.statusCode, code: error.code };
    if (error.code === "internal") request.log.error({ ...line, cause: causeOf(thrown) }, "request failed");
    else if (error.code !== "rate_limited" && error.code !== "not_found")
      request.log.warn(line, "request refused");
    return reply.code(error.statusCode).send({ error: { code: error.code, message: error.message } });
  });
  fastify.setNotFoundHandler(() => {
    throw new HttpError("not_found", "There is no such route; /docs lists them.");
  });
  authenticate(fastify, keys);
  if (limits.requestsPerSecond > 0) {
    fastify.addHook(
      "onRequest",
      fastify.rateLimit({
        max: limits.requestsPerSecond,
        timeWindow: 1000,
        keyGenerator: ({ apiKey, ip }) => apiKey?.id ?? ip,
      }),
    );
  }
  const send = answersInTurn();
  // Hooks of every request call back: a promise for each of them would cost as much as the answer.
  fastify.addHook("onSend", (_, reply, payload, done) => {
    reply.header("x-content-type-options", "nosniff").header("cache-control", "no-store");
    if (isDraining()) reply.header("connection", "close");
    send(() => done(null, payload));
  });
  await fastify.register(swaggerUi, { routePrefix: "/docs", logLevel: "silent" });
  return fastify;
}

/**
 * Answers of one turn of the event loop are written together at its end, after every request that has come was read. Written one by one,
 * each wakes the process that asked before the next request is read, which on one machine costs a fifth of an answer.
 */
function answersInTurn(): (answer: () => void) => void {
  let waiting: (() => void)[] = [];
  const write = () => {
    const answers = waiting;
    waiting = [];
    for (const answer of answers) answer();
  };
  return (answer) => {
    if (waiting.push(answer) === 1) setImmediate(write);
  };
}

/** The first hook: when a request came, and our logger, which all of them share. */
function beginRequests(app: FastifyInstance, log: Service["log"]): void {
  const logger = log === undefined ? undefined : pino({ level: "warn", base: null }, log);
  app.decorateRequest("arrivedAt", 0);
  app.addHook("onRequest", (request, reply, done) => {
    request.arrivedAt = performance.now();
    if (logger !== undefined) {
      request.log = logger;
      reply.log = logger;
    }
    done();
  });
}

/** What a log line may say of a request: no headers, no query, no body. */
function aboutRequest({ method, routeOptions, ip, apiKey }: FastifyRequest) {
  return {
    method,
    route: routeOptions.url ?? "none",
    ip,
    ...(apiKey === undefined ? {} : { key: apiKey.id }),
  };
}

function causeOf(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
}
