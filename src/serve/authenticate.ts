import type { FastifyInstance, FastifyRequest } from "fastify";
import { HttpError } from "./http-error.js";
import type { Scope, StoredKey } from "./keys/api-key.js";
import { grants, type KeyRing } from "./keys/key-ring.js";

declare module "fastify" {
  interface FastifyRequest {
    /** The key that the request came with; undefined without keys, and on open routes. */
    apiKey: StoredKey | undefined;
  }
  interface FastifyContextConfig {
    /** What a key must grant; undefined: the route is open. */
    scope?: Scope;
  }
}

const failuresPerMinute = 20;

/**
 * Asks for a key on every route that has a scope. Without any keys the service is on a loopback address only; then it is the Host header
 * that must name this machine, so that no web page can reach it under a name of its own (DNS rebinding).
 */
export function authenticate(app: FastifyInstance, keys: KeyRing): void {
  app.decorateRequest("apiKey", undefined);
  const countFailure = app.createRateLimit({
    max: failuresPerMinute,
    timeWindow: "1 minute",
    keyGenerator: (request) => `refused ${request.ip}`,
  });
  const refuse = async (request: FastifyRequest, presented: string | undefined): Promise<never> => {
    const { isAllowed, ...limit } = await countFailure(request);
    if (!isAllowed && "isExceeded" in limit && limit.isExceeded) {
      throw new HttpError("rate_limited", "Too many requests without a valid key; wait a minute.");
    }
    const what = presented === undefined ? "An API key is needed" : "The API key is not valid";
    throw new HttpError("unauthorized", `${what}: send it as "Authorization: Bearer <key>".`);
  };
  app.addHook("onRequest", (request, _, done) => {
    if (keys.isEmpty) return done(foreignHost(request));
    const { scope } = request.routeOptions.config;
    if (scope === undefined) return done();
    const presented = presentedKey(request);
    const key = presented === undefined ? undefined : keys.find(presented);
    if (key === undefined) {
      refuse(request, presented).catch(done);
      return;
    }
    if (!grants(key, scope)) {
      return done(
        new HttpError("forbidden", `The API key lacks the scope ${scope}, which this route needs.`),
      );
    }
    request.apiKey = key;
    done();
  });
}

function presentedKey({ headers }: FastifyRequest): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? "")?.[1];
  const own = headers["x-api-key"];
  return bearer ?? (typeof own === "string" ? own : undefined);
}

const ownNames = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** The refusal of a request that came for another machine. */
function foreignHost({ headers: { host = "" } }: FastifyRequest): HttpError | undefined {
  const name = host.replace(/:\d+$/, "").toLowerCase();
  if (ownNames.has(name) || /^127\.\d+\.\d+\.\d+$/.test(name)) return undefined;
  return new HttpError(
    "misdirected",
    "Without API keys this service answers under the names of this machine only.",
  );
}
