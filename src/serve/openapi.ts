import type { Engine } from "../engine/port.js";
import { FeatureError } from "../errors.js";
import { OnlineStore } from "../online/online-store.js";
import { buildApp } from "./app.js";
import { KeyRing } from "./keys/key-ring.js";
import { defaultServiceLimits } from "./service.js";

/** The OpenAPI document of the service, as /docs/json gives it. It does not depend on a project, so none is needed. */
export async function openApiDocument(version: string): Promise<object> {
  const engine = noEngine();
  const { fastify } = await buildApp({
    store: new OnlineStore({ reader: engine, vectors: [], now: () => 0 }),
    predictions: {
      modelsOf: () => [],
      state: () => undefined,
      holds: () => false,
      predict: async () => [],
    },
    engine,
    database: "",
    instruments: [],
    keys: new KeyRing([]),
    now: () => 0,
    version,
    limits: defaultServiceLimits,
    log: undefined,
  });
  const document = fastify.swagger();
  await fastify.close();
  return document;
}

/** The routes are described, not called. */
function noEngine(): Engine {
  const refuse = (): never => {
    throw new FeatureError("FS_INTERNAL", "The OpenAPI document was asked for rows.");
  };
  return {
    kind: "embedded",
    rows: refuse,
    blocks: refuse,
    exportTo: refuse,
    execute: refuse,
    insert: refuse,
    load: refuse,
    close: async () => undefined,
  };
}
