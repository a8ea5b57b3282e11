import { Ajv } from "ajv";
import type { FastifyInstance } from "fastify";

const common = { allErrors: false, useDefaults: true, removeAdditional: false } as const;

/**
 * How requests are checked against the schemas of their routes. Paths and queries are text, which is converted to what the schema asks
 * for. A body has types of its own and is taken as it is: converted, a `ts` of null would be 0, and the answer that of 1970.
 */
export function validateRequests(app: FastifyInstance): void {
  const text = new Ajv({ ...common, coerceTypes: "array" });
  const exact = new Ajv(common);
  app.setValidatorCompiler(({ schema, httpPart }) =>
    (httpPart === "body" ? exact : text).compile(schema as object),
  );
}
