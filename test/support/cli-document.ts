import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import type { ErrorReport } from "../../src/errors.js";
import { packageRoot } from "./run-feature.js";

export interface CliDocument {
  readonly schema: string;
  readonly ok: boolean;
  readonly errors?: readonly ErrorReport[];
  readonly [field: string]: unknown;
}

const folder = join(packageRoot, "schemas/cli");
const ajv = new Ajv({ allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true });
for (const name of readdirSync(folder)) {
  ajv.addSchema(JSON.parse(readFileSync(join(folder, name), "utf8")) as object, name);
}

/** The names of the published schemas, such as `buckets.build`. */
export const publishedSchemas = readdirSync(folder).map((name) => name.replace(".schema.json", ""));

/** Throws unless the published schema of this name accepts the document. */
export function expectSchema(name: string, document: unknown): void {
  const validate = ajv.getSchema(`${name}.schema.json`);
  if (validate === undefined) throw new Error(`no schema is published for ${name}`);
  if (validate(document) !== true) {
    throw new Error(`${name}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(document, null, 2)}`);
  }
}

/** Parses what `--json` printed: exactly one document on one line, which the schema that it names accepts. */
export function expectDocument(stdout: string): CliDocument {
  if (stdout.trimEnd().includes("\n")) throw new Error(`more than one line on stdout:\n${stdout}`);
  const document = JSON.parse(stdout) as CliDocument;
  expectSchema(/^feature\.([a-z.]+)\/1$/.exec(document.schema)?.[1] ?? document.schema, document);
  return document;
}
