/** What a JSON Schema has against a file, in words: what was found, what was expected, where, and the way out. */
import type { ErrorObject } from "ajv";
import { type ErrorCode, FeatureError, type Location } from "../errors.js";
import { lastStep, pointerTo, readablePath } from "./json-pointer.js";
import { checkSchema, type Schema, schemaAt } from "./schema-check.js";
import type { SpecKind } from "./spec-kind.js";
import { didYouMean } from "./suggest.js";
import { unsupportedKey, unsupportedValue } from "./unsupported.js";
import { describe, describeSecret, exampleHint, expectedType, listKeys, quote } from "./wording.js";
import type { YamlFile } from "./yaml-file.js";

/** All findings of the schema of this kind on the file; empty when the file has the right shape. */
export function schemaFindings(kind: SpecKind, file: YamlFile): FeatureError[] {
  const findings = new Map<string, FeatureError>();
  for (const error of checkSchema(kind, file.data)) {
    const finding = translators[error.keyword]?.(new Violation(kind, file, error));
    if (finding === undefined) continue;
    const key = JSON.stringify([finding.code, finding.message, finding.at]);
    if (!findings.has(key)) findings.set(key, finding);
  }
  return [...findings.values()];
}

/** One error of the schema, with what its finding needs. */
class Violation {
  readonly kind: SpecKind;
  readonly file: YamlFile;
  readonly error: ErrorObject;
  readonly pointer: string;
  /** The schema that was broken. */
  readonly schema: Schema;
  /** The value's own schema, with its examples. */
  readonly property: Schema;

  constructor(kind: SpecKind, file: YamlFile, error: ErrorObject) {
    this.kind = kind;
    this.file = file;
    this.error = error;
    this.pointer = error.instancePath;
    this.schema = (error.parentSchema ?? {}) as Schema;
    this.property = schemaAt(kind, error.instancePath);
  }

  get subject(): string {
    return this.pointer === "" ? "the file" : `\`${readablePath(this.pointer)}\``;
  }

  get found(): string {
    return isSecret(this.kind, this.pointer) ? describeSecret(this.error.data) : describe(this.error.data);
  }

  get example(): string | undefined {
    return exampleHint(lastStep(this.pointer), this.property);
  }

  finding(code: ErrorCode, message: string, hint?: string, at = this.file.at(this.pointer)): FeatureError {
    return new FeatureError(code, message, { at, ...(hint === undefined ? {} : { hint }) });
  }

  /** A finding on a value that the spec language has, but this version does not. */
  unsupported(): FeatureError | undefined {
    const { data } = this.error;
    const reason = typeof data === "string" ? unsupportedValue(this.kind, this.pointer, data) : undefined;
    return reason === undefined ? undefined : this.finding("FS_SPEC_UNSUPPORTED", reason);
  }
}

type Translator = (violation: Violation) => FeatureError | undefined;

/** By keyword of the JSON Schema. Keywords that only wrap the errors of others (`if`, `propertyNames`) have none. */
const translators: Readonly<Record<string, Translator>> = {
  required: missingKey,
  additionalProperties: unknownKey,
  "false schema": (violation) => {
    const at = violation.file.keyAt(violation.pointer);
    const message = `${violation.subject} does not belong to a target of this engine`;
    return violation.finding("FS_SPEC_UNKNOWN_KEY", message, "Remove the key.", at);
  },
  oneOf,
  type: wrongType,
  enum: wrongWord,
  const: wrongWord,
  pattern: wrongText,
  maxLength: wrongText,
  minProperties: empty,
  minItems: empty,
  uniqueItems: (violation) => {
    const { i } = violation.error.params as { i: number };
    const message = `${violation.subject} names ${describe((violation.error.data as unknown[])[i])} twice`;
    const at = violation.file.at(pointerTo(violation.pointer, i));
    return violation.finding("FS_SPEC_DUPLICATE", message, undefined, at);
  },
  maxItems: (violation) => {
    const message = `${violation.subject} has more than ${violation.error.params.limit} entries`;
    return violation.finding("FS_SPEC_VALUE", message, "Remove entries.");
  },
  minimum: wrongNumber,
  maximum: wrongNumber,
  exclusiveMinimum: wrongNumber,
};

/** The hint gives a line to copy. */
function missingKey(violation: Violation): FeatureError | undefined {
  // The branches of `oneOf` are told together.
  if (violation.error.schemaPath.includes("/oneOf/")) return undefined;
  const key = String(violation.error.params.missingProperty);
  const property = schemaAt(violation.kind, pointerTo(violation.pointer, key));
  const hint = exampleHint(key, property) ?? `Add \`${key}: …\`.`;
  const at = violation.file.keyAt(violation.pointer);
  return violation.finding("FS_SPEC_MISSING_KEY", `${violation.subject} has no \`${key}\``, hint, at);
}

function unknownKey(violation: Violation): FeatureError {
  const key = String(violation.error.params.additionalProperty);
  const pointer = pointerTo(violation.pointer, key);
  const at = violation.file.keyAt(pointer);
  const reason = unsupportedKey(violation.kind, violation.pointer, key);
  if (reason !== undefined) return violation.finding("FS_SPEC_UNSUPPORTED", reason, undefined, at);
  const known = Object.keys(violation.schema.properties ?? {});
  const hint = didYouMean(key, known, `Known keys here: ${known.join(", ")}.`);
  const place = violation.pointer === "" ? "" : ` in ${violation.subject}`;
  const message = `unknown key ${shownKey(violation.kind, pointer, key)}${place}`;
  return violation.finding("FS_SPEC_UNKNOWN_KEY", message, hint, at);
}

function oneOf(violation: Violation): FeatureError | undefined {
  const { data, schema } = violation.error;
  if (typeof data !== "object" || data === null || Array.isArray(data)) return undefined;
  const keys = (schema as readonly Schema[]).flatMap((branch) => branch.required ?? []);
  const written = keys.filter((key) => Object.hasOwn(data, key));
  const found = written.length === 0 ? "none" : listKeys(written);
  const message = `${violation.subject} needs exactly one of ${listKeys(keys)}, found ${found}`;
  return written.length === 0
    ? violation.finding("FS_SPEC_MISSING_KEY", message, "Add one of them.")
    : violation.finding("FS_SPEC_VALUE", message, "Keep one of them.");
}

function wrongType(violation: Violation): FeatureError {
  const { file, pointer, property, subject, example } = violation;
  const expected = expectedType(property.type === undefined ? violation.schema : property);
  if (violation.error.data !== null) {
    return violation.finding(
      "FS_SPEC_TYPE",
      `${subject} must be ${expected}, found ${violation.found}`,
      example,
    );
  }
  if (pointer === "") {
    return violation.finding(
      "FS_SPEC_TYPE",
      "the file is empty",
      "Describe one object in it, or remove the file.",
    );
  }
  return violation.finding(
    "FS_SPEC_TYPE",
    `${subject} has no value; expected ${expected}`,
    example,
    file.keyAt(pointer),
  );
}

function wrongWord(violation: Violation): FeatureError {
  const { error, subject, found } = violation;
  const words: readonly unknown[] = error.keyword === "enum" ? (violation.schema.enum ?? []) : [error.schema];
  const allowed = words.map(String);
  const expected = allowed.length === 1 ? allowed[0] : `one of ${allowed.join(", ")}`;
  const hint = didYouMean(String(error.data), allowed, `Write ${expected}.`);
  return (
    violation.unsupported() ??
    violation.finding("FS_SPEC_VALUE", `${subject} must be ${expected}, found ${found}`, hint)
  );
}

/** Text that breaks a pattern or is too long: a value, or a key of the value at the pointer. */
function wrongText(violation: Violation): FeatureError {
  const { kind, file, error, pointer } = violation;
  const isName = error.schemaPath.startsWith("#/definitions/name/");
  const code = isName ? "FS_SPEC_NAME" : "FS_SPEC_VALUE";
  const key = error.propertyName;
  let at: Location = file.at(pointer);
  let subject = `${violation.subject} (${violation.found})`;
  if (key !== undefined) {
    const keyPointer = pointerTo(pointer, key);
    at = file.keyAt(keyPointer);
    subject = `the key ${shownKey(kind, keyPointer, key)} of ${violation.subject}`;
  }
  const text = String(key ?? error.data);
  if (error.keyword === "maxLength") {
    const message = `${subject} has ${text.length} characters, more than ${error.params.limit}`;
    return violation.finding(code, message, undefined, at);
  }
  if (isName) return violation.finding(code, `${subject} breaks the rules for names`, nameHint(text), at);
  const expected = violation.schema.patternErrorMessage ?? `text like ${String(error.schema)}`;
  return (
    violation.unsupported() ??
    violation.finding(
      code,
      `${subject} is not as expected: ${expected}`,
      violation.example ?? `Write ${expected}.`,
      at,
    )
  );
}

const rules = "lower case letters, digits and single underscores, starting with a letter";

/** The text as a name, if that is easily done; undefined leaves the hint to the code. */
function nameHint(text: string): string | undefined {
  const better = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^_+|_+$/g, "")
    .slice(0, 40);
  return /^[a-z]/.test(better) ? `For example \`${better}\`: ${rules}.` : undefined;
}

function empty(violation: Violation): FeatureError {
  const message = `${violation.subject} is empty; at least one entry is needed`;
  return violation.finding("FS_SPEC_VALUE", message, violation.example ?? "Add an entry.");
}

function wrongNumber(violation: Violation): FeatureError {
  const { comparison, limit } = violation.error.params as { comparison: string; limit: number };
  const words: Readonly<Record<string, string>> = { ">=": "at least", "<=": "at most", ">": "more than" };
  const bound = `${words[comparison] ?? comparison} ${limit}`;
  const message = `${violation.subject} must be ${bound}, found ${violation.found}`;
  return violation.finding("FS_SPEC_VALUE", message, `Write a number that is ${bound}.`);
}

/** Everything below `targets` but the engine's name: addresses and passwords, also where they were written by mistake. */
function isSecret(kind: SpecKind, pointer: string): boolean {
  return (
    kind === "project" && /^\/targets(\/|$)/.test(pointer) && !/^\/targets\/[^/]+\/engine$/.test(pointer)
  );
}

/** A key as findings show it. `password:secret` without a blank is one key: no more than its first word is shown. */
function shownKey(kind: SpecKind, pointer: string, key: string): string {
  return quote(isSecret(kind, pointer) ? (/^\w*/.exec(key)?.[0] ?? "") : key).replaceAll('"', "`");
}
