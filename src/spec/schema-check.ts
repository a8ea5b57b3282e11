/** The JSON Schemas that ship with the package, compiled when a kind of file is first met. */
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import csv from "../../schemas/csv-map.schema.json" with { type: "json" };
import job from "../../schemas/job.schema.json" with { type: "json" };
import label from "../../schemas/label.schema.json" with { type: "json" };
import model from "../../schemas/model.schema.json" with { type: "json" };
import project from "../../schemas/project.schema.json" with { type: "json" };
import vector from "../../schemas/vector.schema.json" with { type: "json" };
import view from "../../schemas/view.schema.json" with { type: "json" };
import { stepsOf } from "./json-pointer.js";
import type { SpecKind } from "./spec-kind.js";

/** The parts of a JSON Schema that findings speak of. */
export interface Schema {
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, Schema>>;
  readonly properties?: Readonly<Record<string, Schema | boolean>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly type?: string | readonly string[];
  readonly patternErrorMessage?: string;
  readonly required?: readonly string[];
}

const schemas: Readonly<Record<SpecKind, object>> = { project, view, vector, label, csv, job, model };
const compiled = new Map<SpecKind, ValidateFunction>();

/** What the schema of this kind has against the data, all of it; empty when the data fit. */
export function checkSchema(kind: SpecKind, data: unknown): readonly ErrorObject[] {
  let validate = compiled.get(kind);
  if (validate === undefined) {
    const ajv = new Ajv({
      allErrors: true,
      verbose: true,
      strict: true,
      strictTypes: false,
      strictRequired: false,
      allowUnionTypes: true,
      // Most of what compiling costs; a test looks at the schemas themselves.
      validateSchema: false,
      code: { optimize: false },
    });
    // Understood by editors, and by wording.ts.
    ajv.addKeyword({ keyword: "patternErrorMessage", schemaType: "string" });
    validate = ajv.compile(schemas[kind]);
    compiled.set(kind, validate);
  }
  return validate(data) ? [] : [...(validate.errors ?? [])];
}

/**
 * The schema of the value at a JSON pointer, with what stands beside a `$ref` (the examples of that very key) put over what
 * it refers to; empty where the schema says nothing.
 */
export function schemaAt(kind: SpecKind, pointer: string): Schema {
  const root: Schema = schemas[kind];
  const resolve = (schema: Schema | boolean | undefined): Schema => {
    if (typeof schema !== "object") return {};
    const { $ref, ...own } = schema;
    return $ref === undefined ? own : { ...root.definitions?.[$ref.replace("#/definitions/", "")], ...own };
  };
  let schema = resolve(root);
  for (const step of stepsOf(pointer)) {
    const { properties, additionalProperties, items } = schema;
    const named = properties !== undefined && Object.hasOwn(properties, step) ? properties[step] : undefined;
    schema = resolve(named ?? (/^\d+$/.test(step) ? (items ?? additionalProperties) : additionalProperties));
  }
  return schema;
}
